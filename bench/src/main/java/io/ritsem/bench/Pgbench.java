package io.ritsem.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

import static java.nio.charset.StandardCharsets.UTF_8;

/**
 * The unit that all else is a multiple of: {@code pgbench} with one single-row insert per transaction into the journal's
 * table, with the columns that a keyed command fills. What one transaction per event can give at most, with no logic.
 */
final class Pgbench {

    private static final Path VERSIONS = Path.of("/usr/lib/postgresql");
    private static final Pattern RATE = Pattern.compile("tps = ([0-9.]+)");

    private static final String SCRIPT = """
                                         \\set n random(1, 9000000000000000000)
                                         INSERT INTO ritsem.event_journal (persistence_id, sequence_number, writer, event_ser_id, event_ser_manifest, \
                                         event_payload, partition, event_time, causation, command_key, command_fingerprint, command_events) \
                                         VALUES ('account|' || :client_id::text || '-' || :n::text, 1, 'ritsem', 0, 'account.deposited/1', '\\x%s', \
                                         (:n::bigint %% 32)::smallint, now(), '01234567-89ab-cdef-0123-456789abcdef', 'deposit-' || :n::text, '\\x%s', 1);
                                         """
            .formatted("61".repeat(185), "62".repeat(32));

    private final Path program;
    private final int port;
    private final String database;

    private Pgbench(Path program, int port, String database) {
        this.program = program;
        this.port = port;
        this.database = database;
    }

    /**
     * Finds the program.
     *
     * @throws IllegalStateException if there is none
     */
    static Pgbench on(int port, String database) throws IOException {
        List<Path> candidates = new ArrayList<>();
        for (String folder : System.getenv("PATH").split(":", -1)) {
            candidates.add(Path.of(folder, "pgbench"));
        }
        if (Files.isDirectory(VERSIONS)) {
            try (Stream<Path> versions = Files.list(VERSIONS)) {
                versions.map(version -> version.resolve("bin/pgbench")).forEach(candidates::add);
            }
        }
        Path program = candidates.stream()
                .filter(Files::isExecutable)
                .findFirst()
                .orElseThrow(() -> new IllegalStateException(
                        "There is no pgbench: install PostgreSQL's client programs (Debian: postgresql-contrib)"));
        return new Pgbench(program, port, database);
    }

    /** Transactions a second, of so many clients for so long. */
    double run(int clients, int seconds) throws IOException, InterruptedException {
        Path script = Files.createTempFile("ritsem-pgbench", ".sql");
        Path output = Files.createTempFile("ritsem-pgbench", ".txt");
        try {
            Files.writeString(script, SCRIPT);
            Process process = new ProcessBuilder(List.of(program.toString(), "-n", "-M", "prepared", "-h",
                    "127.0.0.1",
                    "-p", Integer.toString(port), "-U", "postgres", "-c", Integer.toString(clients), "-j", "2", "-T",
                    Integer.toString(seconds), "-f", script.toString(), database)).redirectErrorStream(true)
                    .redirectOutput(output.toFile())
                    .start();
            if (!process.waitFor(seconds + 60L, TimeUnit.SECONDS) || process.exitValue() != 0) {
                throw new IllegalStateException("pgbench failed: " + Files.readString(output, UTF_8));
            }
            Matcher rate = RATE.matcher(Files.readString(output, UTF_8));
            if (!rate.find()) {
                throw new IllegalStateException("pgbench says no rate: " + Files.readString(output, UTF_8));
            }
            return Double.parseDouble(rate.group(1));
        } finally {
            Files.delete(script);
            Files.delete(output);
        }
    }
}
