package io.ritsem.bench;

import java.util.Map;
import java.util.concurrent.TimeUnit;

import io.ritsem.harness.NodeProcess;
import io.ritsem.harness.Options;
import io.ritsem.postgres.EmbeddedDatabase;

import static io.ritsem.bench.Report.say;

/** What a node does that has nothing to do: how much it asks of PostgreSQL, and what it takes of a processor. */
public final class Idle {

    private static final int TO_SETTLE_SECONDS = 10;

    private final int seconds;
    private final Report report = new Report("idle");

    private Idle(Options options) {
        this.seconds = options.of("seconds");
    }

    /** Options: {@code --seconds 60}. */
    public static void main(String[] args) throws Exception {
        new Idle(Options.parse(args, Map.of("seconds", 60))).run();
    }

    private void run() throws Exception {
        try (EmbeddedDatabase server = EmbeddedDatabase.temporary()) {
            String database = server.createDatabase();
            report.on(server);
            // another database of the same server, so that what asks is not counted
            try (StoredPast beside = new StoredPast(server.createDatabase());
                    NodeProcess node = NodeProcess.start(database, Map.of())) {
                String asked = "SELECT xact_commit + xact_rollback FROM pg_stat_database WHERE datname = '%s'"
                        .formatted(nameOf(database));
                TimeUnit.SECONDS.sleep(TO_SETTLE_SECONDS);
                long before = beside.number(asked);
                long processor = node.processorTime().toNanos();
                TimeUnit.SECONDS.sleep(seconds);
                double each = (beside.number(asked) - before) / (double) seconds;
                double share = (node.processorTime().toNanos() - processor) / (seconds * 1e9);
                say("%.1f transactions/s, %.1f %% of a processor", each, 100 * share);
                report.keep("transactions-per-second", each);
                report.keep("percent-of-a-processor", 100 * share);
            }
        }
        report.write();
    }

    private static String nameOf(String url) {
        return url.replaceFirst(".*/", "").replaceFirst("\\?.*", "");
    }
}
