package io.ritsem.chaos.journal;

import java.io.IOException;
import java.sql.SQLException;
import java.util.List;
import java.util.concurrent.TimeUnit;

import io.ritsem.chaos.fault.Pause;
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
 * Of all commands 20 % are sent twice at once, 10 % are given up after some milliseconds and sent again, and some 5 % are
 * sent once more when the node has been started anew: each has one effect and one answer.
 */
final class SentTwice implements Scenario {

    private static final int WORKS_MILLIS = 8_000;
    private static final int AGAIN_PERCENT = 5;

    @Override public String name() {
        return "sent-twice";
    }

    @Override public Verdict run(Run run) throws IOException, SQLException {
        try (Stage stage = Stage.open(run); Workload load = stage.workload(new Habits(16, 200, 5, 20, 10))) {
            load.open();
            long began = System.nanoTime();
            load.start();
            Pause.millis(WORKS_MILLIS);
            load.stop();
            List<Attempt> before = stage.log().attempts();
            stage.node().kill();
            stage.node().startAgain();
            int again = sendAgain(stage, before);
            long twice = before.stream().filter(attempt -> replayed(attempt)).count();
            return stage.verdict(began, "%d answers given again, %d more after a restart".formatted(twice, again),
                    stage.inspect());
        }
    }

    private static boolean replayed(Attempt attempt) {
        return attempt.told() instanceof Told.Accepted accepted && accepted.replayed();
    }

    private static int sendAgain(Stage stage, List<Attempt> before) {
        List<Command> accepted = before.stream()
                .filter(attempt -> attempt.told() instanceof Told.Accepted)
                .map(Attempt::command)
                .distinct()
                .filter(_ -> stage.random().nextInt(100) < AGAIN_PERCENT)
                .toList();
        try (Client client = new Client(stage.node().address(), stage.log())) {
            long until = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
            accepted.forEach(command -> client.send(command, until));
        }
        return accepted.size();
    }
}
