package io.ritsem.runtime.journal;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Arrays;
import java.util.Map;
import java.util.Properties;
import java.util.UUID;
import javax.sql.DataSource;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import org.flywaydb.core.Flyway;
import org.jspecify.annotations.Nullable;

/** A node's database: one pool of connections for everyone, and the schema {@code ritsem} in it. Thread-safe. */
public final class Database implements AutoCloseable {

    /**
     * The last schema version of this release line. Migrations only add within it, so a node works with every version
     * from its own newest migration up to here, and old nodes may restart during a rolling update.
     */
    private static final int LAST_SCHEMA = 99;

    private static final Duration FOR_A_CONNECTION = Duration.ofSeconds(3);
    private static final Duration LIFE_OF_A_CONNECTION = Duration.ofMinutes(5);

    private final HikariDataSource pool;
    private final PersistentConnector connector;
    private final DatabaseSettings settings;

    private Database(HikariDataSource pool, PersistentConnector connector, DatabaseSettings settings) {
        this.pool = pool;
        this.connector = connector;
        this.settings = settings;
    }

    /**
     * Connects.
     *
     * @throws DatabaseUnreachableException if that fails
     */
    public static Database open(DatabaseSettings settings) {
        HikariConfig config = new HikariConfig();
        config.setPoolName("ritsem");
        PersistentConnector connector = new PersistentConnector(settings.urlAtWork());
        config.setDataSource(connector);
        if (!settings.user().isEmpty()) {
            config.setUsername(settings.user());
            config.setPassword(settings.password());
        }
        config.setMaximumPoolSize(settings.poolSize());
        config.setConnectionTimeout(FOR_A_CONNECTION.toMillis());
        config.setMaxLifetime(LIFE_OF_A_CONNECTION.toMillis());
        config.setInitializationFailTimeout(-1);
        config.setExceptionOverride(new LeaveReadOnlyServers());
        HikariDataSource pool = new HikariDataSource(config);
        try (Connection _ = pool.getConnection()) {
            connector.setPatient(true);
            return new Database(pool, connector, settings);
        } catch (SQLException failure) {
            pool.close();
            Throwable cause = failure.getCause() == null ? failure : failure.getCause();
            throw new DatabaseUnreachableException("Cannot connect to the database at %s: %s"
                    .formatted(settings.shownUrl(), oneLine(cause)), failure);
        }
    }

    static String oneLine(Throwable failure) {
        return String.valueOf(failure.getMessage()).replaceAll("\\s+", " ");
    }

    /** The pool. */
    public DataSource dataSource() {
        return pool;
    }

    /** What migrating did: the versions before (0 if there was nothing) and after. */
    public record Migration(int from, int to) {}

    /**
     * Brings the schema to the newest version that this release knows.
     *
     * @throws SchemaException if it is beyond that: whoever asks must not believe that it is this release's
     */
    public Migration migrate() {
        int from = schemaVersion();
        int newest = newestMigration();
        if (from > newest) {
            throw new SchemaException(("The schema is of version %d, but this release knows versions up to %d: "
                    + "run the newer release").formatted(from, newest));
        }
        flyway().migrate();
        return new Migration(from, schemaVersion());
    }

    /**
     * Makes sure that this node may work with the database, and tells what holds for its journal.
     *
     * @throws SchemaException if it may not
     */
    public JournalInfo check() {
        JournalInfo info = checkSchema();
        long ahead = transactionsAhead();
        if (ahead >= 0) {
            throw new SchemaException(("The journal holds transaction ids that this server has not reached (by %d): it "
                    + "was restored from a logical backup, and its events would stay hidden. Move them into a new "
                    + "database with './ritsem events export' and './ritsem events import'").formatted(ahead));
        }
        refuseUnguardedJournal();
        return info;
    }

    private JournalInfo checkSchema() {
        int version = schemaVersion();
        if (version == 0) {
            throw new SchemaException("The database at %s has no Ritsem schema yet: run './ritsem migrate'"
                    .formatted(settings.shownUrl()));
        }
        int needed = newestMigration();
        if (version < needed || version > LAST_SCHEMA) {
            throw new SchemaException("The schema is of version %d, but this node works with %d to %d: %s".formatted(
                    version, needed, LAST_SCHEMA,
                    version < needed ? "run './ritsem migrate'" : "start a newer node"));
        }
        JournalInfo info = info();
        if (info.partitions() != settings.partitions()) {
            throw new SchemaException(("The journal was made with %d partitions and keeps them, but "
                    + "ritsem.runtime.database.partitions is %d").formatted(info.partitions(), settings.partitions()));
        }
        return info;
    }

    /** A connection outside of the pool, with the limits of those in it: for who may not wait until others give one back. */
    Connection ownConnection() throws SQLException {
        return DriverManager.getConnection(settings.urlAtWork(), user());
    }

    /** A connection outside of the pool, whose statements may take so long. */
    Connection patientConnection(Duration statement) throws SQLException {
        Connection connection = DriverManager.getConnection(settings.urlForMigrations(), user());
        try (Statement limit = connection.createStatement()) {
            limit.execute("SET statement_timeout = " + statement.toMillis());
            connection.setNetworkTimeout(Runnable::run, (int) statement.multipliedBy(2).toMillis());
        } catch (SQLException failure) {
            connection.close();
            throw failure;
        }
        return connection;
    }

    private Properties user() {
        Properties properties = new Properties();
        if (!settings.user().isEmpty()) {
            properties.setProperty("user", settings.user());
            properties.setProperty("password", settings.password());
        }
        return properties;
    }

    /**
     * As {@link #check}, for who moves events: a schema of a newer release may have columns that this one would lose.
     *
     * @throws SchemaException if the schema is not exactly the one of this release
     */
    public JournalInfo checkOwn() {
        JournalInfo info = check();
        requireOwnSchema();
        return info;
    }

    /**
     * As {@link #checkOwn}, but for a journal that was restored from a logical backup, too: an export is the way out.
     *
     * @throws SchemaException if the schema is not exactly the one of this release
     */
    JournalInfo checkToExport() {
        JournalInfo info = checkSchema();
        requireOwnSchema();
        return info;
    }

    private void requireOwnSchema() {
        int version = schemaVersion();
        if (version != newestMigration()) {
            throw new SchemaException(
                    "The schema is of version %d, but this release moves events of version %d only: %s"
                            .formatted(version, newestMigration(), "use the release that has migrated it"));
        }
    }

    private JournalInfo info() {
        return ask("SELECT id, epoch, partitions FROM ritsem.journal_info",
                row -> new JournalInfo(row.getObject(1, UUID.class), row.getInt(2), row.getInt(3)));
    }

    /** Who reads trusts that nobody can insert events without the trigger. */
    private void refuseUnguardedJournal() {
        if (!ask("""
                 SELECT EXISTS (SELECT FROM pg_trigger WHERE tgrelid = 'ritsem.event_journal'::regclass
                                                         AND tgname = 'begin_with_journal' AND tgenabled = 'A')
                    AND NOT EXISTS (SELECT FROM pg_inherits WHERE inhparent = 'ritsem.event_journal'::regclass)""",
                row -> row.getBoolean(1))) {
            throw new SchemaException("Views could miss events, because the trigger begin_with_journal of "
                    + "ritsem.event_journal does not always fire, or the table has partitions: bring it back with 'ALTER "
                    + "TABLE ritsem.event_journal ENABLE ALWAYS TRIGGER begin_with_journal'");
        }
    }

    /** How far the journal's newest transaction id is beyond what this server has given; negative if it is not. */
    long transactionsAhead() {
        return ask(
                """
                SELECT coalesce(max(latest.transaction_id), 0) - pg_snapshot_xmax(pg_current_snapshot())::text::bigint
                FROM generate_series(0, (SELECT partitions - 1 FROM ritsem.journal_info)) AS p(partition)
                CROSS JOIN LATERAL (SELECT transaction_id::text::bigint FROM ritsem.event_journal e
                                    WHERE e.partition = p.partition
                                    ORDER BY e.transaction_id DESC, e.ordering DESC LIMIT 1) AS latest""",
                row -> row.getLong(1));
    }

    private int schemaVersion() {
        if (!ask("SELECT to_regclass('ritsem.schema_history') IS NOT NULL", row -> row.getBoolean(1))) {
            return 0;
        }
        return ask(
                "SELECT coalesce(max(version::int), 0) FROM ritsem.schema_history WHERE success AND version IS NOT NULL",
                row -> row.getInt(1));
    }

    private int newestMigration() {
        // What has no version is the schema's own creation.
        return Arrays.stream(flyway().info().all())
                .filter(migration -> migration.getVersion() != null && migration.getState().isResolved())
                .mapToInt(migration -> migration.getVersion().getMajor().intValue())
                .max()
                .orElseThrow();
    }

    private Flyway flyway() {
        return Flyway.configure(getClass().getClassLoader())
                .dataSource(settings.urlForMigrations(), emptyToNull(settings.user()), emptyToNull(settings.password()))
                .defaultSchema("ritsem")
                .createSchemas(true)
                .table("schema_history")
                .locations("classpath:ritsem/migrations")
                .placeholders(Map.of("partitions", Integer.toString(settings.partitions())))
                .load();
    }

    private static @Nullable String emptyToNull(String text) {
        return text.isEmpty() ? null : text;
    }

    private interface Row<T> {
        T read(ResultSet row) throws SQLException;
    }

    private <T> T ask(String sql, Row<T> reading) {
        try (Connection connection = pool.getConnection();
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(sql)) {
            if (!rows.next()) {
                throw new SchemaException("The schema is damaged, nothing was found by: " + sql);
            }
            return reading.read(rows);
        } catch (SQLException failure) {
            throw new DatabaseUnreachableException("The database did not answer: " + oneLine(failure), failure);
        }
    }

    @Override public void close() {
        connector.setPatient(false);
        pool.close();
    }
}
