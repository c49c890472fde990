package io.ritsem.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

import io.ritsem.harness.NodeProcess;
import io.ritsem.harness.Options;
import io.ritsem.postgres.EmbeddedDatabase;

import static io.ritsem.bench.Report.say;

/** A journal of keyed deposits, written to a file and read into another database, as an operator would. */
public final class Transfer {

    private static final int ACCOUNTS = 1_000;
    private static final int SECONDS = 600;

    private final Options options;
    private final int events;
    private final Report report = new Report("transfer");

    private Transfer(Options options) {
        this.options = options;
        this.events = options.of("events-per-account") * ACCOUNTS;
    }

    /** Options: {@code --events-per-account 500 --rounds 3}. */
    public static void main(String[] args) throws IOException, SQLException {
        new Transfer(Options.parse(args, Map.of("events-per-account", 500, "rounds", 3))).run();
    }

    private void run() throws IOException, SQLException {
        Path folder = Files.createTempDirectory("ritsem-transfer");
        Path file = folder.resolve("events.ndjson");
        List<Double> exported = new ArrayList<>();
        List<Double> imported = new ArrayList<>();
        try (EmbeddedDatabase server = EmbeddedDatabase.temporary()) {
            report.on(server);
            String from = server.createDatabase();
            NodeProcess.migrate(from);
            fill(from);
            say("%n whole commands, with the start of their JVM%n round   export /s   import /s       MB");
            for (int round = 1; round <= options.of("rounds"); round++) {
                String to = server.createDatabase();
                NodeProcess.migrate(to);
                exported.add(rate(from, "events", "export", "--to", file.toString()));
                imported.add(rate(to, "events", "import", file.toString()));
                requireAll(to);
                say("%6d %,11.0f %,11.0f %8.0f", round, exported.getLast(), imported.getLast(),
                        Files.size(file) / 1e6);
                Files.delete(file);
            }
        } finally {
            Files.deleteIfExists(file);
            Files.delete(folder);
        }
        say("median %,11.0f %,11.0f", Report.median(exported), Report.median(imported));
        report.keep("exportedPerSecond", Report.median(exported));
        report.keep("importedPerSecond", Report.median(imported));
        report.write();
    }

    private void fill(String database) throws SQLException {
        say("Storing %,d events", events);
        try (StoredPast past = new StoredPast(database)) {
            for (int account = 0; account < ACCOUNTS; account++) {
                past.account("account-" + account, options.of("events-per-account"));
            }
            past.settle();
        }
    }

    private double rate(String database, String... command) {
        long started = System.nanoTime();
        NodeProcess.command(database, SECONDS, command);
        return events / ((System.nanoTime() - started) / 1e9);
    }

    private void requireAll(String database) throws SQLException {
        try (StoredPast copy = new StoredPast(database)) {
            long found = copy.number("SELECT count(*) FROM ritsem.event_journal");
            if (found != events) {
                throw new IllegalStateException("%d of %d events came over".formatted(found, events));
            }
        }
    }
}
