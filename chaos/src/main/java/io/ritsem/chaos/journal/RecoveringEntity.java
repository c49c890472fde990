package io.ritsem.chaos.journal;

import java.io.IOException;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

import io.ritsem.chaos.fault.ForeignWriter;
import io.ritsem.chaos.load.Client;
import io.ritsem.chaos.load.Command;
import io.ritsem.chaos.load.Habits;
import io.ritsem.chaos.load.Told;
import io.ritsem.chaos.load.Workload;
import io.ritsem.chaos.scenario.Run;
import io.ritsem.chaos.scenario.Scenario;
import io.ritsem.chaos.scenario.Stage;
import io.ritsem.chaos.scenario.Verdict;
import io.ritsem.harness.HttpCaller;

/**
 * At an entity that recovers from 30,000 events, in a journal that is locked for 3 s, 4,000 reads and commands arrive at
 * once: all are answered in time, with 200 or 503, and the node lives.
 */
final class RecoveringEntity implements Scenario {

    private static final int EVENTS = 30_000;
    private static final int CALLERS = 4_000;
    private static final int LOCKED_MILLIS = 3_000;
    private static final String ACCOUNT = "a0";

    /** The node's deadline for a request, and what its answer may take longer. */
    private static final long ANSWERED_WITHIN = TimeUnit.SECONDS.toNanos(12);

    @Override public String name() {
        return "recovering-entity";
    }

    @Override public Verdict run(Run run) throws IOException, SQLException {
        try (Stage stage = Stage.open(run);
                Workload load = stage.workload(new Habits(1, 1, 0, 0, 0));
                ForeignWriter writer = new ForeignWriter(stage.url(), "chaos-recovering-entity")) {
            load.open();
            stage.node().kill();
            stage.expect(writer.plant(ACCOUNT, EVENTS));
            writer.commit();
            stage.node().startAgain();
            Crowd crowd = new Crowd(stage);
            long began = System.nanoTime();
            writer.lockJournal(LOCKED_MILLIS);
            load.together(crowd.members(CALLERS));
            List<String> broken = new ArrayList<>(crowd.broken());
            if (!stage.node().isAlive()) {
                broken.add("the node's process is gone");
                stage.node().startAgain();
            }
            sendOne(stage, broken);
            broken.addAll(stage.inspect());
            return stage.verdict(began, crowd.note(), broken);
        }
    }

    private static void sendOne(Stage stage, List<String> broken) {
        try (Client client = new Client(stage.node().address(), stage.log())) {
            long until = System.nanoTime() + TimeUnit.SECONDS.toNanos(10);
            if (!(client.send(Command.deposit(ACCOUNT, "after", 100), until) instanceof Told.Accepted)) {
                broken.add("afterwards, the entity takes no command");
            }
        }
    }

    /** Those who come at once: reads and commands by turns. Thread-safe. */
    private static final class Crowd {

        private final Stage stage;
        private final List<String> answers = Collections.synchronizedList(new ArrayList<>());
        private final List<Long> nanos = Collections.synchronizedList(new ArrayList<>());

        Crowd(Stage stage) {
            this.stage = stage;
        }

        List<Callable<Void>> members(int count) {
            CountDownLatch connected = new CountDownLatch(count);
            List<Callable<Void>> members = new ArrayList<>();
            for (int member = 0; member < count; member++) {
                int number = member;
                members.add(() -> {
                    if (number % 2 == 0) {
                        read(connected);
                    } else {
                        command(number, connected);
                    }
                    return null;
                });
            }
            return members;
        }

        private void read(CountDownLatch connected) throws IOException, InterruptedException {
            try (HttpCaller caller = new HttpCaller(stage.node().address())) {
                together(connected);
                long sent = System.nanoTime();
                int status = caller.get("/api/entities/account/" + ACCOUNT, "").status();
                answered("read: " + status, sent);
            }
        }

        private void command(int number, CountDownLatch connected) throws IOException, InterruptedException {
            try (Client client = new Client(stage.node().address(), stage.log())) {
                client.connect();
                together(connected);
                long sent = System.nanoTime();
                answered("command: " + switch (client.sendOnce(Command.deposit(ACCOUNT, "crowd." + number, 100))) {
                    case Told.Accepted _ -> "200";
                    case Told.Refused _ -> "503";
                    case Told other -> other.toString();
                }, sent);
            }
        }

        private static void together(CountDownLatch connected) throws InterruptedException {
            connected.countDown();
            if (!connected.await(30, TimeUnit.SECONDS)) {
                throw new IllegalStateException("%d callers could not connect".formatted(connected.getCount()));
            }
        }

        private void answered(String answer, long sent) {
            answers.add(answer);
            nanos.add(System.nanoTime() - sent);
        }

        List<String> broken() {
            List<String> broken = new ArrayList<>();
            counts().forEach((answer, count) -> {
                if (!answer.endsWith(": 200") && !answer.endsWith(": 503")) {
                    broken.add("%d were answered with %s".formatted(count, answer));
                }
            });
            long late = nanos.stream().filter(took -> took > ANSWERED_WITHIN).count();
            if (late > 0) {
                broken.add("%d were answered after more than 12 s".formatted(late));
            }
            return broken;
        }

        private Map<String, Integer> counts() {
            Map<String, Integer> counts = new TreeMap<>();
            answers.forEach(answer -> counts.merge(answer, 1, Integer::sum));
            return counts;
        }

        String note() {
            return String.format(Locale.ROOT, "%s; the slowest after %.1f s", counts(),
                    Collections.max(nanos) / 1e9);
        }
    }
}
