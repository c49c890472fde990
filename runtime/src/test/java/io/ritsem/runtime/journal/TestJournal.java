package io.ritsem.runtime.journal;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

import akka.persistence.PersistentRepr;
import org.jspecify.annotations.Nullable;

import io.ritsem.postgres.EmbeddedDatabase;

import static java.nio.charset.StandardCharsets.UTF_8;

/** A migrated journal in a database of its own, with nothing of Akka around it. */
final class TestJournal implements AutoCloseable {

    static final Duration PATIENCE = Duration.ofSeconds(30);
    static final int PARTITIONS = 8;
    static final int POOL = 6;

    private final List<JournalWriters> writers = new ArrayList<>();
    private final String url;
    private final Database database;
    private final JournalInfo info;

    private TestJournal(String url) {
        this.url = url;
        this.database = Database.open(settings(url));
        database.migrate();
        this.info = database.check();
    }

    static TestJournal onFreshDatabase() {
        return new TestJournal(EmbeddedDatabase.shared().createDatabase());
    }

    static DatabaseSettings settings(String url) {
        return new DatabaseSettings(url, "", "", POOL, PARTITIONS);
    }

    String url() {
        return url;
    }

    Database database() {
        return database;
    }

    JournalInfo info() {
        return info;
    }

    JournalReader reader() {
        return new JournalReader(database.dataSource(), info);
    }

    JournalLane lane() {
        return lane(new JournalSettings(1, 1000, 400, Duration.ofSeconds(20)));
    }

    JournalLane lane(JournalSettings settings) {
        return lane(settings, database);
    }

    JournalLane lane(JournalSettings settings, Database through) {
        return writers(settings, through).lane();
    }

    /** Those of more than one lane. */
    JournalWriters writers(JournalSettings settings, Database through) {
        JournalWriters started = new JournalWriters(settings,
                () -> new JournalTable(through.dataSource(), info, WriteFence.NONE), () -> {});
        writers.add(started);
        return started;
    }

    /** An event with a deposit in it and nothing special. */
    static PersistentRepr event(String persistenceId, long sequence) {
        return event(persistenceId, sequence, metadata(null, null));
    }

    static PersistentRepr event(String persistenceId, long sequence, EventMetadata metadata) {
        return event(persistenceId, sequence, "{\"amount\":\"%d.50\"}".formatted(sequence).getBytes(UTF_8), metadata);
    }

    /** An event of so many bytes. */
    static PersistentRepr event(String persistenceId, long sequence, int bytes) {
        byte[] data = ("{\"reference\":\"" + "x".repeat(bytes) + "\"}").getBytes(UTF_8);
        return event(persistenceId, sequence, data, metadata(null, null));
    }

    private static PersistentRepr event(String persistenceId, long sequence, byte[] data, EventMetadata metadata) {
        return event(new EventManifest(EntityId.ofPersistenceId(persistenceId).type(), "deposited", 1), persistenceId,
                sequence, data, metadata);
    }

    /** An event of another name or version. */
    static PersistentRepr event(EventManifest manifest, String persistenceId, long sequence) {
        return event(manifest, persistenceId, sequence, "{}".getBytes(UTF_8), metadata(null, null));
    }

    private static PersistentRepr event(EventManifest manifest, String persistenceId, long sequence, byte[] data,
            EventMetadata metadata) {
        return PersistentRepr.apply(EventEnvelope.decided(manifest, sequence, data, metadata, "decoded"), sequence,
                persistenceId, "", false, null, "somebody");
    }

    static EventMetadata metadata(@Nullable String caller, @Nullable SpentKey key) {
        return new EventMetadata(Instant.now().truncatedTo(ChronoUnit.MICROS), caller, null, UUID.randomUUID(), null,
                key);
    }

    static EventMetadata withKey(String key) {
        return metadata(null, new SpentKey(key, new byte[32], 1, null));
    }

    void stopWriters() {
        writers.forEach(JournalWriters::stop);
        writers.clear();
    }

    /** As it was when it was made, but for its transaction ids; its writers give their connections back. */
    void clear() throws SQLException {
        stopWriters();
        execute("TRUNCATE ritsem.event_journal");
    }

    /** A connection of the pool, as any reader gets it. */
    Connection borrow() {
        try {
            return database.dataSource().getConnection();
        } catch (SQLException none) {
            throw new IllegalStateException(none);
        }
    }

    /** Another session, not of the pool. */
    Connection connect() throws SQLException {
        return DriverManager.getConnection(url);
    }

    /** The first event of an entity, in whatever transaction the session is in. */
    static void insertByHand(Connection connection, String persistenceId) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute("""
                              INSERT INTO ritsem.event_journal (persistence_id, sequence_number, writer, event_ser_id,
                                event_ser_manifest, event_payload, partition, event_time, causation)
                              VALUES ('%s', 1, 'me', 0, 'till.deposited/1', '{}', %d, now(), gen_random_uuid())"""
                    .formatted(persistenceId, Partition.of(persistenceId, PARTITIONS)));
        }
    }

    void execute(String sql) throws SQLException {
        try (Connection connection = connect(); Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    long number(String sql) throws SQLException {
        try (Connection connection = connect();
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(sql)) {
            rows.next();
            return rows.getLong(1);
        }
    }

    long count() throws SQLException {
        return number("SELECT count(*) FROM ritsem.event_journal");
    }

    /** Sessions of this database that wait for a lock. */
    long blocked() throws SQLException {
        return number("""
                      SELECT count(*) FROM pg_stat_activity
                      WHERE datname = current_database() AND wait_event_type = 'Lock'""");
    }

    /** The database goes away for everyone, with all connections. */
    void cutOff() throws SQLException {
        asAdministrator("ALTER DATABASE %s ALLOW_CONNECTIONS false".formatted(name()));
        asAdministrator(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '%s'".formatted(name()));
    }

    /** And is back. */
    void letIn() throws SQLException {
        asAdministrator("ALTER DATABASE %s ALLOW_CONNECTIONS true".formatted(name()));
    }

    private String name() {
        return url.substring(url.lastIndexOf('/') + 1, url.indexOf('?'));
    }

    private static void asAdministrator(String sql) throws SQLException {
        try (Connection connection = DriverManager.getConnection(EmbeddedDatabase.shared().jdbcUrl());
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    static <T> T await(CompletableFuture<T> future) {
        try {
            return future.get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
        } catch (InterruptedException | TimeoutException | ExecutionException failure) {
            throw new AssertionError(failure);
        }
    }

    /** What a write failed with, or null if it did not. */
    static @Nullable Throwable failure(CompletableFuture<?> write) {
        return await(write.handle((_, failure) -> failure));
    }

    @Override public void close() {
        stopWriters();
        database.close();
    }
}
