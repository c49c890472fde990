package io.ritsem.chaos.journal;

import java.io.IOException;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;

import io.ritsem.chaos.check.Inspection;
import io.ritsem.chaos.fault.SharedLeases;
import io.ritsem.chaos.load.Attempt;
import io.ritsem.chaos.load.Client;
import io.ritsem.chaos.load.Command;
import io.ritsem.chaos.load.Habits;
import io.ritsem.chaos.load.RowReader;
import io.ritsem.chaos.load.Told;
import io.ritsem.chaos.load.Workload;
import io.ritsem.chaos.scenario.Run;
import io.ritsem.chaos.scenario.Scenario;
import io.ritsem.chaos.scenario.Stage;
import io.ritsem.chaos.scenario.Verdict;
import io.ritsem.harness.Address;
import io.ritsem.harness.NodeProcess;

/**
 * Two nodes on one database, each a cluster of its own, so that both own every entity for the whole run; clients go to
 * either, and 20 % of the commands to both. The one that has the views' leases is frozen for longer than a lease, and
 * later both have all leases. There is one effect and one answer for each key, a token shows its write on either node,
 * and who has met the conflict at an entity is no longer stale.
 */
final class TwoOwners implements Scenario {

    private static final Habits LOAD = new Habits(16, 100, 5, 20, 0, 45);
    private static final int ALONE_MILLIS = 3_000;
    private static final int FROZEN_MILLIS = 9_000; // a lease is 5 s, and what a frozen node has locked is freed after 5 s
    private static final int BACK_MILLIS = 2_000;
    private static final int SHARED_MILLIS = 6_000;
    private static final long ENDS_WITHIN = TimeUnit.SECONDS.toNanos(5);
    private static final Pattern CONFLICT = Pattern.compile("Another node may believe that it owns it");

    @Override public String name() {
        return "two-owners";
    }

    @Override public Verdict run(Run run) throws IOException, SQLException {
        try (Stage stage = Stage.open(run, SharedLeases::prepare)) {
            NodeProcess one = stage.node();
            NodeProcess other = stage.startOther();
            List<Address> both = List.of(one.address(), other.address());
            RowReader reader = new RowReader(stage.log(), run.seed());
            List<String> broken = new ArrayList<>();
            long began;
            try (Workload load = stage.workload(LOAD)) {
                load.open();
                began = System.nanoTime();
                load.start();
                reader.read(both, ALONE_MILLIS);
                one.freeze();
                reader.read(List.of(other.address()), FROZEN_MILLIS);
                one.thaw();
                if (SharedLeases.owners(stage.url()) < 2) {
                    broken.add("the views were not taken over from the frozen node");
                }
                reader.read(both, BACK_MILLIS);
                SharedLeases.share(stage.url());
                reader.read(both, SHARED_MILLIS);
                load.stop();
                broken.addAll(afterwards(stage, load, one, other));
            }
            broken.addAll(reader.broken());
            long conflicts = CONFLICT.matcher(stage.nodeSaid()).results().count();
            if (conflicts == 0 || reader.shown() == 0) {
                broken.add("there was no conflict to end, or no row to read");
            }
            return stage.verdict(began,
                    "%d conflicts ended; %d rows read by token, %d times behind".formatted(conflicts,
                            reader.shown(), reader.behind()),
                    broken);
        }
    }

    private static List<String> afterwards(Stage stage, Workload load, NodeProcess one, NodeProcess other)
            throws IOException, SQLException {
        Inspection ofOne = new Inspection(stage.url(), one.address());
        Inspection ofOther = new Inspection(stage.url(), other.address());
        List<String> broken = new ArrayList<>(ofOne.neverTrue());
        broken.addAll(ofOther.neverTrue());
        round(stage, load, one.address(), "one");
        broken.addAll(ofOne.entities());
        round(stage, load, other.address(), "other");
        broken.addAll(ofOther.inspect(stage.log(), stage.expected()));
        broken.addAll(unended(stage));
        return broken;
    }

    /** A deposit at each account at one node, all at once: its entities meet what conflicts are left. */
    private static void round(Stage stage, Workload load, Address node, String name) {
        long until = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
        load.together(load.accounts().stream().map(account -> (Callable<Void>) () -> {
            try (Client client = new Client(node, stage.log())) {
                client.send(Command.deposit(account, "last." + name + "." + account, 100), until);
            }
            return null;
        }).toList());
    }

    private static List<String> unended(Stage stage) {
        return stage.log()
                .attempts()
                .stream()
                .filter(attempt -> attempt.command().key().startsWith("last."))
                .filter(attempt -> !endsAConflict(attempt))
                .map(attempt -> "when all was over, %s was told %s after %d ms".formatted(attempt.command().key(),
                        attempt.told(), TimeUnit.NANOSECONDS.toMillis(attempt.toldAt() - attempt.sentAt())))
                .toList();
    }

    private static boolean endsAConflict(Attempt attempt) {
        return attempt.told() instanceof Told.Accepted && attempt.toldAt() - attempt.sentAt() < ENDS_WITHIN;
    }
}
