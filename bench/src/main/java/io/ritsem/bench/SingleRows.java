package io.ritsem.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

import org.jspecify.annotations.Nullable;

import io.ritsem.harness.NodeProcess;
import io.ritsem.postgres.EmbeddedDatabase;

import static java.nio.charset.StandardCharsets.UTF_8;

/**
 * The unit that all else is a multiple of: one single-row insert per transaction into the journal's table, with the columns
 * that a keyed command fills. What one transaction per event can give at most, with no logic. By {@code pgbench}, or where
 * there is none by as many JDBC connections. Confined to its caller.
 */
final class SingleRows {

    private static final Path VERSIONS = Path.of("/usr/lib/postgresql");
    private static final Pattern RATE = Pattern.compile("tps = ([0-9.]+)");

    /** With a random number three times, and once who inserts. */
    private static final String INSERT = """
                                         INSERT INTO ritsem.event_journal (persistence_id, sequence_number, writer, event_ser_id, event_ser_manifest, \
                                         event_payload, partition, event_time, causation, command_key, command_fingerprint, command_events) \
                                         VALUES ('account|' || %s::text || '-' || %s::text, 1, 'ritsem', 0, 'account.deposited/1', '\\x%s', \
                                         (%s::bigint %% 32)::smallint, now(), '01234567-89ab-cdef-0123-456789abcdef', 'deposit-' || %s::text, '\\x%s', 1)""";
    private static final String EVENT = "61".repeat(185);
    private static final String FINGERPRINT = "62".repeat(32);

    private final @Nullable Path pgbench;
    private final int port;
    private final String url;
    private final String database;

    private SingleRows(@Nullable Path pgbench, int port, String url, String database) {
        this.pgbench = pgbench;
        this.port = port;
        this.url = url;
        this.database = database;
    }

    /** Makes a journal of its own on a server, so that no node reads what is written to it. */
    static SingleRows on(EmbeddedDatabase server) throws IOException, SQLException {
        String url = server.createDatabase();
        NodeProcess.migrate(url);
        try (Connection connection = DriverManager.getConnection(url);
                Statement statement = connection.createStatement()) {
            // single rows would pay for it more often than batches do
            statement.execute("ALTER TABLE ritsem.event_journal DISABLE TRIGGER begin_with_journal");
            return new SingleRows(pgbench(), server.port(), url, connection.getCatalog());
        }
    }

    private static @Nullable Path pgbench() throws IOException {
        List<Path> candidates = new ArrayList<>();
        for (String folder : System.getenv("PATH").split(":", -1)) {
            candidates.add(Path.of(folder, "pgbench"));
        }
        if (Files.isDirectory(VERSIONS)) {
            try (Stream<Path> versions = Files.list(VERSIONS)) {
                versions.map(version -> version.resolve("bin/pgbench")).forEach(candidates::add);
            }
        }
        return candidates.stream().filter(Files::isExecutable).findFirst().orElse(null);
    }

    /** What inserts them. */
    String by() {
        return pgbench == null ? "JDBC" : "pgbench";
    }

    /** Transactions of so many clients for so long. */
    Round run(int clients, int seconds) throws IOException, InterruptedException {
        return pgbench == null ? byJdbc(clients, seconds) : byPgbench(pgbench, clients, seconds);
    }

    private Round byJdbc(int clients, int seconds) throws InterruptedException {
        return Load.run(clients, seconds, () -> {
            SplittableRandom random = new SplittableRandom();
            try {
                Connection connection = DriverManager.getConnection(url);
                PreparedStatement insert = connection
                        .prepareStatement(INSERT.formatted("?", "?", EVENT, "?", "?", FINGERPRINT));
                return new Load.Work() {
                    @Override public int once() throws SQLException {
                        for (int parameter = 1; parameter <= 4; parameter++) {
                            insert.setLong(parameter, random.nextLong(Long.MAX_VALUE));
                        }
                        return insert.executeUpdate();
                    }

                    @Override public void close() throws IOException {
                        try {
                            connection.close();
                        } catch (SQLException failure) {
                            throw new IOException(failure);
                        }
                    }
                };
            } catch (SQLException failure) {
                throw new IOException(failure);
            }
        });
    }

    private Round byPgbench(Path program, int clients, int seconds) throws IOException, InterruptedException {
        Path script = Files.createTempFile("ritsem-pgbench", ".sql");
        Path output = Files.createTempFile("ritsem-pgbench", ".txt");
        try {
            Files.writeString(script, "\\set n random(1, 9000000000000000000)\n"
                    + INSERT.formatted(":client_id", ":n", EVENT, ":n", ":n", FINGERPRINT) + ";\n");
            Process process = new ProcessBuilder(List.of(program.toString(), "-n", "-M", "prepared", "-h",
                    "127.0.0.1", "-p", Integer.toString(port), "-U", "postgres", "-c", Integer.toString(clients), "-j",
                    "2", "-T", Integer.toString(seconds), "-f", script.toString(), database)).redirectErrorStream(true)
                    .redirectOutput(output.toFile())
                    .start();
            if (!process.waitFor(seconds + 60L, TimeUnit.SECONDS) || process.exitValue() != 0) {
                throw new IllegalStateException("pgbench failed: " + Files.readString(output, UTF_8));
            }
            Matcher rate = RATE.matcher(Files.readString(output, UTF_8));
            if (!rate.find()) {
                throw new IllegalStateException("pgbench says no rate: " + Files.readString(output, UTF_8));
            }
            return Round.of(Double.parseDouble(rate.group(1)));
        } finally {
            Files.delete(script);
            Files.delete(output);
        }
    }
}
