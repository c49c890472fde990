package io.ritsem.projections;

import java.lang.reflect.Proxy;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import javax.sql.DataSource;

import io.ritsem.postgres.EmbeddedDatabase;
import io.ritsem.projections.store.ViewTable;
import io.ritsem.runtime.journal.Database;
import io.ritsem.runtime.journal.DatabaseSettings;
import io.ritsem.runtime.journal.JournalInfo;
import io.ritsem.runtime.journal.JournalReader;
import io.ritsem.runtime.json.JsonType;

/** A database of its own with an empty journal of four partitions, into which tests write rows by SQL. */
public final class TestJournal implements AutoCloseable {

    public static final int PARTITIONS = 4;

    private final String url = EmbeddedDatabase.shared().createDatabase();
    private final Database database = Database.open(new DatabaseSettings(url, "", "", 12, PARTITIONS));
    private final JournalInfo info;
    private final Map<String, Long> sequences = new HashMap<>();

    public TestJournal() {
        database.migrate();
        info = database.check();
    }

    public JournalReader reader() {
        return new JournalReader(database.dataSource(), info);
    }

    /** One that counts its reads. */
    public JournalReader reader(AtomicInteger reads) {
        return reader(reads::incrementAndGet);
    }

    /** One that does something before each read. */
    public JournalReader reader(Runnable before) {
        DataSource preceded = (DataSource) Proxy.newProxyInstance(getClass().getClassLoader(),
                new Class<?>[]{DataSource.class}, (_, method, arguments) -> {
                    before.run();
                    return method.invoke(dataSource(), arguments);
                });
        return new JournalReader(preceded, info);
    }

    public DataSource dataSource() {
        return database.dataSource();
    }

    /** A connection outside of the pool, in a transaction that is open until it is committed or closed. */
    public Connection transaction() throws SQLException {
        Connection connection = java.sql.DriverManager.getConnection(url);
        connection.setAutoCommit(false);
        return connection;
    }

    /** Events of one transaction; returns its id. */
    public long write(Written... events) throws SQLException {
        try (Connection connection = dataSource().getConnection()) {
            connection.setAutoCommit(false);
            for (Written event : events) {
                insert(connection, event);
            }
            long transaction = transactionId(connection);
            connection.commit();
            connection.setAutoCommit(true);
            return transaction;
        }
    }

    /** An event to be written. */
    public record Written(String type, String id, String name, byte[] json) {}

    public static Written event(String type, String id, Record event) {
        String name = io.ritsem.domain.StableName.of(event.getClass());
        return new Written(type, id, name, JsonType.encodeValue(event));
    }

    public static int partitionOf(String type, String id) {
        return Math.floorMod((type + '|' + id).hashCode(), PARTITIONS);
    }

    /** An id of an entity in a partition. */
    public static String idIn(int partition, String type) {
        int number = 0;
        while (partitionOf(type, "in-" + number) != partition) {
            number++;
        }
        return "in-" + number;
    }

    public synchronized void insert(Connection connection, Written event) throws SQLException {
        String sql = """
                     INSERT INTO ritsem.event_journal (persistence_id, sequence_number, writer, event_ser_id,
                         event_ser_manifest, event_payload, partition, event_time, causation)
                     VALUES (?, ?, 'test', 0, ?, ?, ?, ?, ?)""";
        String persistenceId = event.type() + '|' + event.id();
        try (PreparedStatement insert = connection.prepareStatement(sql)) {
            insert.setString(1, persistenceId);
            insert.setLong(2, sequences.merge(persistenceId, 1L, Long::sum));
            insert.setString(3, event.type() + '.' + event.name() + "/1");
            insert.setBytes(4, event.json());
            insert.setInt(5, partitionOf(event.type(), event.id()));
            insert.setObject(6, Instant.now().truncatedTo(ChronoUnit.MICROS).atOffset(ZoneOffset.UTC));
            insert.setObject(7, UUID.randomUUID());
            insert.executeUpdate();
        }
    }

    public static long transactionId(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet id = statement.executeQuery("SELECT pg_current_xact_id()::text::bigint")) {
            id.next();
            return id.getLong(1);
        }
    }

    public void execute(String sql) throws SQLException {
        try (Connection connection = dataSource().getConnection(); Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    public long number(String sql) throws SQLException {
        try (Connection connection = dataSource().getConnection();
                Statement statement = connection.createStatement();
                ResultSet result = statement.executeQuery(sql)) {
            result.next();
            return result.getLong(1);
        }
    }

    /** The rows of a view by key. */
    public <R> Map<String, R> rows(ViewTable<R> table) throws SQLException {
        Map<String, R> rows = new TreeMap<>();
        try (Connection connection = dataSource().getConnection();
                Statement statement = connection.createStatement();
                ResultSet result = statement.executeQuery("SELECT key, row::text FROM " + table.tableName())) {
            while (result.next()) {
                rows.put(result.getString(1),
                        table.rowType().decodeStored(result.getString(2).getBytes(StandardCharsets.UTF_8)));
            }
        }
        return rows;
    }

    @Override public void close() {
        database.close();
    }
}
