package io.ritsem.projections.store;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.IntStream;
import javax.sql.DataSource;

import io.ritsem.domain.ViewDefinition;
import io.ritsem.projections.store.Generation.State;
import io.ritsem.projections.store.Generation.Switching;

import static java.util.stream.Collectors.joining;

/**
 * The generations of views: finds and makes them. Thread-safe, and safe with several nodes at once: a view's generations
 * change under an advisory lock of its name.
 */
public final class Generations {

    /** The transaction of the journal's last event, 0 if there is none: no cursor goes beyond it. */
    static final String LAST_TRANSACTION = """
                                           (SELECT coalesce(max(l.transaction_id::text::bigint), 0)
                                              FROM ritsem.journal_info i, generate_series(0, i.partitions - 1) AS p(partition)
                                             CROSS JOIN LATERAL (SELECT j.transaction_id FROM ritsem.event_journal j
                                                   WHERE j.partition = p.partition
                                                   ORDER BY j.transaction_id DESC, j.ordering DESC LIMIT 1) l)""";

    // Beyond what is there, too: a node of an earlier version of Ritsem does not write down what it has given.
    private static final String BEGIN = """
                                        WITH next AS (
                                            INSERT INTO ritsem.view_number AS given (view, generation)
                                            SELECT ?, coalesce(max(generation), 0) + 1 FROM ritsem.view_generation WHERE view = ?
                                                ON CONFLICT (view) DO UPDATE
                                               SET generation = greatest(given.generation + 1, excluded.generation)
                                            RETURNING view, generation)
                                        INSERT INTO ritsem.view_generation
                                               (view, generation, fingerprint, epoch, state, switching, rate, target_transaction_id)
                                        SELECT view, generation, ?, ?, 'building', ?, nullif(?, 0), %s FROM next
                                        RETURNING generation
                                        """
            .formatted(LAST_TRANSACTION);

    private final DataSource dataSource;
    private final int epoch;
    private final int partitions;

    /**
     * @param epoch the journal's epoch: in another one, positions count anew, and so do views
     * @param partitions how many partitions the journal has
     */
    public Generations(DataSource dataSource, int epoch, int partitions) {
        this.dataSource = dataSource;
        this.epoch = epoch;
        this.partitions = partitions;
    }

    /**
     * A generation of a view.
     *
     * @param serving whether it is complete; else it is still to be built
     */
    public record Prepared(ViewTable<?> table, boolean serving) {}

    /**
     * Finds the generation that fits the view as it is defined now, the one that serves if there are several, or makes
     * it: an empty table with its indexes (an index that is made on a full table would hold back the horizon) and cursors
     * at the start of the journal.
     *
     * @throws IllegalArgumentException if the view cannot be kept in a table; it says why
     */
    public Prepared prepare(ViewDefinition<?> definition) throws SQLException {
        return prepare(ViewVersion.of(definition), 0);
    }

    /** @param rate from how many events a second a new one is built at most; 0 for no limit */
    public Prepared prepare(ViewVersion version, int rate) throws SQLException {
        ViewDefinition<?> definition = version.definition();
        return locked(dataSource, version.view(), connection -> {
            List<Generation> present = find(connection, List.of(version));
            Optional<Generation> best = present.stream()
                    .filter(generation -> generation.state() != State.PREVIOUS)
                    .max(Comparator.comparing(Generation::state));
            return best.isPresent()
                    ? new Prepared(ViewTable.of(definition, best.get().id().generation()),
                            best.get().state() == State.SERVING)
                    : new Prepared(begin(connection, version, Switching.AUTOMATIC, rate), false);
        });
    }

    /** The generations of these views as they are defined now, in order. Other versions of the application have theirs. */
    public List<Generation> find(List<ViewVersion> versions) throws SQLException {
        try (Connection connection = dataSource.getConnection()) {
            return find(connection, versions);
        }
    }

    List<Generation> find(Connection connection, List<ViewVersion> versions) throws SQLException {
        String sql = """
                     SELECT g.view, g.generation, g.state, g.paused, coalesce(g.still_until > now(), false), g.switching,
                            coalesce(g.rate, 0), g.revision, g.resumed
                       FROM unnest(?::text[], ?::text[]) AS known (view, fingerprint)
                       JOIN ritsem.view_generation g ON g.view = known.view AND g.fingerprint = known.fingerprint
                      WHERE g.epoch = ? ORDER BY g.view, g.generation
                     """;
        try (PreparedStatement select = connection.prepareStatement(sql)) {
            select.setArray(1, connection.createArrayOf("text", versions.stream().map(ViewVersion::view).toArray()));
            select.setArray(2,
                    connection.createArrayOf("text", versions.stream().map(ViewVersion::fingerprint).toArray()));
            select.setInt(3, epoch);
            List<Generation> generations = new ArrayList<>();
            try (ResultSet found = select.executeQuery()) {
                while (found.next()) {
                    generations.add(new Generation(new GenerationId(found.getString(1), found.getInt(2)),
                            state(found.getString(3)), found.getBoolean(4),
                            found.getBoolean(5), switching(found.getString(6)), found.getInt(7),
                            found.getLong(8), found.getLong(9)));
                }
            }
            return generations;
        }
    }

    /** Whether a node that shows signs of life serves a view as another version of the application defines it. */
    public boolean isServedByOthers(ViewVersion version) throws SQLException {
        String sql = """
                     SELECT EXISTS (
                         SELECT FROM ritsem.view_generation g
                           JOIN ritsem.projection_node n ON g.view || ' ' || g.fingerprint = ANY (n.views)
                          WHERE g.view = ? AND g.fingerprint <> ? AND g.epoch = ? AND g.state = 'serving'
                            AND n.alive_until > now())
                     """;
        try (Connection connection = dataSource.getConnection();
                PreparedStatement select = connection.prepareStatement(sql)) {
            select.setString(1, version.view());
            select.setString(2, version.fingerprint());
            select.setInt(3, epoch);
            try (ResultSet found = select.executeQuery()) {
                return found.next() && found.getBoolean(1);
            }
        }
    }

    /** Makes the next generation of a view, with a number that none has had. To be called under the lock. */
    ViewTable<?> begin(Connection connection, ViewVersion version, Switching switching, int rate)
            throws SQLException {
        try (PreparedStatement insert = connection.prepareStatement(BEGIN)) {
            insert.setString(1, version.view());
            insert.setString(2, version.view());
            insert.setString(3, version.fingerprint());
            insert.setInt(4, epoch);
            insert.setString(5, stored(switching));
            insert.setInt(6, rate);
            try (ResultSet inserted = insert.executeQuery()) {
                inserted.next();
                ViewTable<?> table = ViewTable.of(version.definition(), inserted.getInt(1));
                create(connection, table);
                return table;
            }
        }
    }

    private void create(Connection connection, ViewTable<?> table) throws SQLException {
        try (Statement ddl = connection.createStatement()) {
            ddl.execute("""
                        CREATE TABLE %s (
                            key            text COLLATE "C" PRIMARY KEY,
                            row            jsonb       NOT NULL,
                            version        bigint,
                            partition      smallint    NOT NULL,
                            transaction_id bigint      NOT NULL,
                            ordering       bigint      NOT NULL,
                            updated_at     timestamptz NOT NULL%s
                        ) WITH (fillfactor = 80)
                        """.formatted(table.tableName(),
                    table.fields().values().stream().map(field -> ", " + field.declaration()).collect(joining())));
            for (IndexedField field : table.fields().values()) {
                ddl.execute("CREATE INDEX ON %s (%s, key)".formatted(table.tableName(), field.column()));
            }
            if (table.indexedByTime()) {
                ddl.execute("CREATE INDEX ON %s (updated_at, key)".formatted(table.tableName()));
            }
        }
        String sql = "INSERT INTO ritsem.view_cursor (view, generation, partition) SELECT ?, ?, unnest(?::smallint[])";
        Object[] cursors = table.keyed() ? new Object[]{ViewTable.ALL_PARTITIONS}
                : IntStream.range(0, partitions).boxed().toArray();
        try (PreparedStatement insert = connection.prepareStatement(sql)) {
            insert.setString(1, table.view());
            insert.setInt(2, table.generation());
            insert.setArray(3, connection.createArrayOf("int4", cursors));
            insert.executeUpdate();
        }
    }

    static String stored(Enum<?> value) {
        return value.name().toLowerCase(Locale.ROOT);
    }

    static State state(String stored) {
        return State.valueOf(stored.toUpperCase(Locale.ROOT));
    }

    static Switching switching(String stored) {
        return Switching.valueOf(stored.toUpperCase(Locale.ROOT));
    }

    /** Drops a generation with its table. To be called under the lock. */
    static void drop(Connection connection, GenerationId generation) throws SQLException {
        try (PreparedStatement delete = connection
                .prepareStatement("DELETE FROM ritsem.view_generation WHERE view = ? AND generation = ?");
                Statement ddl = connection.createStatement()) {
            delete.setString(1, generation.view());
            delete.setInt(2, generation.generation());
            delete.executeUpdate();
            ddl.execute("DROP TABLE IF EXISTS " + generation.tableName());
        }
    }

    interface Change<T> {
        T on(Connection connection) throws SQLException;
    }

    /** One transaction, alone with all generations of a view. */
    static <T> T locked(DataSource dataSource, String view, Change<T> change) throws SQLException {
        try (Connection connection = dataSource.getConnection()) {
            connection.setAutoCommit(false);
            try {
                lock(connection, view);
                T result = change.on(connection);
                connection.commit();
                return result;
            } catch (SQLException | RuntimeException e) {
                connection.rollback();
                throw e;
            } finally {
                connection.setAutoCommit(true);
            }
        }
    }

    /** For the rest of the transaction; waits at most 4 s for this, and for any other lock in it. */
    static void lock(Connection connection, String view) throws SQLException {
        try (Statement settings = connection.createStatement();
                PreparedStatement lock = connection
                        .prepareStatement("SELECT pg_advisory_xact_lock(hashtext('ritsem.view'), hashtext(?))")) {
            settings.execute("SET LOCAL lock_timeout TO '4s'");
            lock.setString(1, view);
            lock.execute();
        }
    }
}
