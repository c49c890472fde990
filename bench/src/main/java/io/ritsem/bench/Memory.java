package io.ritsem.bench;

import java.io.IOException;
import java.util.Map;
import java.util.stream.IntStream;

import io.ritsem.harness.NodeProcess;
import io.ritsem.harness.Options;
import io.ritsem.postgres.EmbeddedDatabase;

import static io.ritsem.bench.Report.say;

/** What small entities cost a node that has all of them in its memory, in a heap of 512 MB. */
public final class Memory {

    private static final int LINES = 1_000;
    private static final String HEAP = "512m";

    private final int entities;
    private final Report report = new Report("memory");

    private Memory(Options options) {
        this.entities = options.of("entities") / LINES * LINES;
    }

    /** Options: {@code --entities 100000}, in thousands. */
    public static void main(String[] args) throws Exception {
        new Memory(Options.parse(args, Map.of("entities", 100_000))).run();
    }

    private void run() throws Exception {
        try (EmbeddedDatabase server = EmbeddedDatabase.temporary()) {
            String database = server.createDatabase();
            report.on(server);
            try (NodeProcess node = NodeProcess.withHeap(database, HEAP); Bulk bulk = new Bulk(node.port())) {
                send(bulk, "open", "{\"owner\":\"owner\",\"overdraft\":\"0\"}", LINES);
                long before = node.liveBytes();
                long started = System.nanoTime();
                send(bulk, "open", "{\"owner\":\"owner\",\"overdraft\":\"0\"}", entities);
                send(bulk, "deposit", "{\"amount\":\"1.00\",\"reference\":\"salary\"}", entities);
                double seconds = (System.nanoTime() - started) / 1e9;
                long after = node.liveBytes();
                double each = (after - before) / (double) (entities - LINES);
                say("%,d accounts of two keyed events each, %,.0f commands/s%nlive heap: %.0f MB with %,d of them, %.0f MB "
                        + "with all, %,.0f bytes each", entities, 2 * entities / seconds, before / 1e6, LINES,
                        after / 1e6,
                        each);
                report.keep("commands-per-second", 2 * entities / seconds);
                report.keep("live-megabytes-before", before / 1e6);
                report.keep("live-megabytes", after / 1e6);
                report.keep("bytes-each", each);
            }
        }
        report.write();
    }

    /** To each of them; again to those that know the key already. */
    private static void send(Bulk bulk, String command, String data, int accounts)
            throws IOException, InterruptedException {
        for (int from = 0; from < accounts; from += LINES) {
            var _ = bulk.send(IntStream.range(from, from + LINES)
                    .mapToObj(account -> Bulk.command(account, command, data, command))
                    .toList());
        }
    }
}
