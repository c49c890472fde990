package io.ritsem.chaos.projections;

import java.io.IOException;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;

import io.ritsem.chaos.fault.Pause;
import io.ritsem.chaos.load.Client;
import io.ritsem.chaos.load.Command;
import io.ritsem.chaos.load.ViewLags;
import io.ritsem.chaos.load.Workload;
import io.ritsem.chaos.scenario.Run;
import io.ritsem.chaos.scenario.Scenario;
import io.ritsem.chaos.scenario.Verdict;
import io.ritsem.chaos.views.ChaosViews;
import io.ritsem.harness.Address;
import io.ritsem.harness.HttpCaller;

/**
 * A view cannot apply the deposits of one of 1,000 accounts: that one is parked and its row says so, the other 999 are as
 * fresh as ever. Then the nodes are started anew, one after the other, with a handler that can: a retry makes that account
 * equal to the fold, too.
 */
final class PoisonAccount implements Scenario {

    private static final int ACCOUNTS = 1_000;
    private static final String VIEW = "statements";
    private static final int PARKED_MILLIS = 4_000;
    private static final int LAG_MILLIS = 1_000;
    private static final long RETRIED_WITHIN = TimeUnit.SECONDS.toNanos(20);

    @Override public String name() {
        return "poison-account";
    }

    @Override public Verdict run(Run run) throws IOException, SQLException {
        String poisoned = "a" + Math.floorMod(Long.hashCode(run.seed() * 2_654_435_761L), ACCOUNTS);
        try (Trio trio = Trio.open(run, Map.of(ChaosViews.POISONED, poisoned))) {
            List<String> broken = new ArrayList<>();
            long began = System.nanoTime();
            long lag;
            try (Workload load = trio.workload(ACCOUNTS)) {
                load.open();
                load.start();
                Pause.millis(1_000);
                lag = ViewLags.greatest(trio.nodes(), VIEW, PARKED_MILLIS);
                if (lag >= LAG_MILLIS) {
                    broken.add("while an account was parked, the view was %d ms behind".formatted(lag));
                }
                broken.addAll(trio.probe(load, VIEW));
                load.stop();
            }
            broken.addAll(trio.views("while an account was parked", Set.of(poisoned)));
            broken.addAll(parked(trio, poisoned));
            mend(trio, poisoned, broken);
            broken.addAll(trio.inspect());
            return trio.stage()
                    .verdict(began, "%s parked, the view at most %d ms behind; %s".formatted(poisoned, lag,
                            trio.note()), broken);
        }
    }

    /** Each node says of this row, and of no other, that it is behind. */
    private static List<String> parked(Trio trio, String poisoned) throws IOException {
        List<String> broken = new ArrayList<>();
        for (Address node : trio.nodes()) {
            try (HttpCaller caller = new HttpCaller(node)) {
                String row = caller.get("/api/views/" + VIEW + "/" + poisoned, "").body();
                String letters = caller.get("/api/admin/dead-letters?view=" + VIEW, "").body();
                if (!row.contains("\"behind\":") || !row.contains("\"version\":1,")) {
                    broken.add("the row of the parked account is " + row);
                }
                if (letters.split("\"since\":", -1).length != 2
                        || !letters.contains("\"key\":\"%s\"".formatted(poisoned))) {
                    broken.add("the dead letters are not those of one account: " + letters);
                }
            }
        }
        return broken;
    }

    /** All nodes get the handler that can, one after the other, under load; then the account is tried again. */
    private static void mend(Trio trio, String poisoned, List<String> broken) throws IOException, SQLException {
        try (Workload load = trio.workload(ACCOUNTS, 1)) {
            load.start();
            for (Trio.Member member : trio.members()) {
                member.kill();
                member.startAgain(Map.of(ChaosViews.POISONED, ""));
            }
            deposit(trio, poisoned);
            broken.addAll(retry(trio, poisoned));
            broken.addAll(trio.fresh(System.nanoTime()));
            load.stop();
        }
    }

    private static void deposit(Trio trio, String poisoned) {
        try (Client client = new Client(trio.nodes().getFirst(), trio.stage().log())) {
            client.send(Command.deposit(poisoned, "before-the-retry", 100),
                    System.nanoTime() + TimeUnit.SECONDS.toNanos(10));
        }
    }

    private static List<String> retry(Trio trio, String poisoned) throws IOException {
        long end = System.nanoTime() + RETRIED_WITHIN;
        String path = "/api/admin/dead-letters/" + VIEW + "/" + poisoned;
        try (HttpCaller caller = new HttpCaller(trio.nodes().getLast())) {
            HttpCaller.Answer left = caller.get(path, "");
            while (left.status() == 200 && System.nanoTime() < end) {
                HttpCaller.Answer answer = caller.post(path + "/retry", "", "{\"reason\":\"the handler is mended\"}");
                if (answer.status() != 200 && answer.status() != 404) {
                    return List.of("a retry was answered with %d: %s".formatted(answer.status(), answer.body()));
                }
                left = caller.get(path, "");
            }
            return left.status() == 404 ? List.of()
                    : List.of("after 20 s of retries there are dead letters left: " + left.body());
        }
    }
}
