package io.ritsem.chaos.journal;

import java.io.IOException;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;

import io.ritsem.chaos.fault.ForeignWriter;
import io.ritsem.chaos.load.Attempt;
import io.ritsem.chaos.load.Client;
import io.ritsem.chaos.load.Command;
import io.ritsem.chaos.load.Habits;
import io.ritsem.chaos.load.Told;
import io.ritsem.chaos.load.Workload;
import io.ritsem.chaos.scenario.Run;
import io.ritsem.chaos.scenario.Scenario;
import io.ritsem.chaos.scenario.Stage;
import io.ritsem.chaos.scenario.Verdict;

/**
 * A writer that is not the node has stored the next event of one of 300 entities, and the journal is locked for 1.5 s
 * while each of them gets a command: 299 are accepted at once, the one conflict ends by itself, and there is no outage
 * after it.
 */
final class StaleRow implements Scenario {

    private static final int ENTITIES = 300;
    private static final int LOCKED_MILLIS = 1_500;
    private static final long ANSWERED_WITHIN = TimeUnit.SECONDS.toNanos(5);
    private static final long AFTERWARDS_WITHIN = TimeUnit.SECONDS.toNanos(2);

    @Override public String name() {
        return "stale-row";
    }

    @Override public Verdict run(Run run) throws IOException, SQLException {
        try (Stage stage = Stage.open(run);
                Workload load = stage.workload(new Habits(16, ENTITIES, 0, 0, 0));
                ForeignWriter writer = new ForeignWriter(stage.url(), "chaos-stale-row")) {
            load.open();
            String stale = "a" + stage.random().nextInt(ENTITIES);
            stage.expect(writer.plant(stale, 1));
            writer.commit();
            long began = System.nanoTime();
            writer.lockJournal(LOCKED_MILLIS);
            load.together(round(stage, load, "locked"));
            load.together(round(stage, load, "after"));
            List<String> broken = new ArrayList<>(stage.inspect());
            List<Attempt> first = of(stage, "locked");
            broken.addAll(unanswered(first, stale));
            broken.addAll(outage(of(stage, "after")));
            return stage.verdict(began, note(first, stale), broken);
        }
    }

    /** A deposit at each account, all at once. */
    private static List<Callable<Void>> round(Stage stage, Workload load, String name) {
        long until = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
        return load.accounts().stream().map(account -> (Callable<Void>) () -> {
            try (Client client = new Client(stage.node().address(), stage.log())) {
                client.send(Command.deposit(account, name + "." + account, 100), until);
            }
            return null;
        }).toList();
    }

    private static List<Attempt> of(Stage stage, String round) {
        return stage.log()
                .attempts()
                .stream()
                .filter(attempt -> attempt.command().key().startsWith(round + "."))
                .toList();
    }

    private static List<String> unanswered(List<Attempt> attempts, String stale) {
        return attempts.stream()
                .filter(attempt -> !attempt.command().account().equals(stale))
                .filter(attempt -> !(attempt.told() instanceof Told.Accepted)
                        || attempt.toldAt() - attempt.sentAt() > ANSWERED_WITHIN)
                .map(attempt -> "%s has nothing to do with the conflict and was told %s after %d ms".formatted(
                        attempt.command().account(), attempt.told(),
                        TimeUnit.NANOSECONDS.toMillis(attempt.toldAt() - attempt.sentAt())))
                .toList();
    }

    private static List<String> outage(List<Attempt> attempts) {
        return attempts.stream()
                .filter(attempt -> !(attempt.told() instanceof Told.Accepted)
                        || attempt.toldAt() - attempt.sentAt() > AFTERWARDS_WITHIN)
                .map(attempt -> "after the conflict, %s was told %s".formatted(attempt.command().account(),
                        attempt.told()))
                .toList();
    }

    private static String note(List<Attempt> first, String stale) {
        long others = first.stream()
                .filter(attempt -> !attempt.command().account().equals(stale))
                .filter(attempt -> attempt.number() == 1 && attempt.told() instanceof Told.Accepted)
                .count();
        List<Attempt> ofStale = first.stream().filter(attempt -> attempt.command().account().equals(stale)).toList();
        double seconds = (ofStale.getLast().toldAt() - ofStale.getFirst().sentAt()) / 1e9;
        return String.format(Locale.ROOT, "%d others at once; the conflict ended after %.1f s", others, seconds);
    }
}
