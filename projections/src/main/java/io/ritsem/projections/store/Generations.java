package io.ritsem.projections.store;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import javax.sql.DataSource;

import io.ritsem.domain.ViewDefinition;

/**
 * Which generation of a view's table is built and which serves. Thread-safe, and safe with several nodes at once: a
 * view's generations change under an advisory lock of its name.
 */
public final class Generations {

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
     * Finds the generation that fits the view as it is defined now, or makes it: an empty table with its indexes (an
     * index that is made on a full table would hold back the horizon) and cursors at the start of the journal.
     *
     * @throws IllegalArgumentException if the view cannot be kept in a table; it says why
     */
    public Prepared prepare(ViewDefinition<?> definition) throws SQLException {
        ViewTable<?> first = ViewTable.of(definition, 1);
        String fingerprint = ViewFingerprint.of(first);
        return locked(first.view(), connection -> {
            String find = """
                          SELECT generation, state = 'serving' FROM ritsem.view_generation
                           WHERE view = ? AND fingerprint = ? AND epoch = ? ORDER BY generation DESC LIMIT 1
                          """;
            try (PreparedStatement select = connection.prepareStatement(find)) {
                select.setString(1, first.view());
                select.setString(2, fingerprint);
                select.setInt(3, epoch);
                try (ResultSet found = select.executeQuery()) {
                    if (found.next()) {
                        return new Prepared(ViewTable.of(definition, found.getInt(1)), found.getBoolean(2));
                    }
                }
            }
            ViewTable<?> next = ViewTable.of(definition, begin(connection, first.view(), fingerprint));
            create(connection, next);
            return new Prepared(next, false);
        });
    }

    private int begin(Connection connection, String view, String fingerprint) throws SQLException {
        String sql = """
                     INSERT INTO ritsem.view_generation (view, generation, fingerprint, epoch, state, target_transaction_id)
                     SELECT ?, coalesce(max(generation), 0) + 1, ?, ?, 'building',
                            pg_snapshot_xmin(pg_current_snapshot())::text::bigint - 1
                       FROM ritsem.view_generation WHERE view = ?
                     RETURNING generation
                     """;
        try (PreparedStatement insert = connection.prepareStatement(sql)) {
            insert.setString(1, view);
            insert.setString(2, fingerprint);
            insert.setInt(3, epoch);
            insert.setString(4, view);
            try (ResultSet inserted = insert.executeQuery()) {
                inserted.next();
                return inserted.getInt(1);
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
                            updated_at     timestamptz NOT NULL
                        ) WITH (fillfactor = 80)
                        """.formatted(table.tableName()));
            ddl.execute("CREATE INDEX ON %s (updated_at, key)".formatted(table.tableName()));
            for (IndexedField field : table.fields().values()) {
                ddl.execute("CREATE INDEX ON %s (%s, key)".formatted(table.tableName(), field.indexed()));
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

    /**
     * Lets a generation serve and drops the others, if all of its cursors have reached the end that the journal had when
     * it was begun.
     *
     * @return whether it serves
     */
    public boolean complete(ViewTable<?> table) throws SQLException {
        return locked(table.view(), connection -> {
            String sql = """
                         UPDATE ritsem.view_generation g SET state = 'serving', served_at = coalesce(served_at, now())
                          WHERE view = ? AND generation = ? AND NOT EXISTS (
                                SELECT FROM ritsem.view_cursor c WHERE c.view = g.view AND c.generation = g.generation
                                   AND c.transaction_id < g.target_transaction_id)
                         """;
            try (PreparedStatement update = connection.prepareStatement(sql)) {
                update.setString(1, table.view());
                update.setInt(2, table.generation());
                if (update.executeUpdate() == 0) {
                    return false;
                }
            }
            dropOthers(connection, table);
            return true;
        });
    }

    private static void dropOthers(Connection connection, ViewTable<?> table) throws SQLException {
        List<Integer> others = new ArrayList<>();
        String sql = "DELETE FROM ritsem.view_generation WHERE view = ? AND generation <> ? RETURNING generation";
        try (PreparedStatement delete = connection.prepareStatement(sql)) {
            delete.setString(1, table.view());
            delete.setInt(2, table.generation());
            try (ResultSet deleted = delete.executeQuery()) {
                while (deleted.next()) {
                    others.add(deleted.getInt(1));
                }
            }
        }
        try (Statement ddl = connection.createStatement()) {
            for (int other : others) {
                ddl.execute("DROP TABLE IF EXISTS " + ViewTable.of(table.definition(), other).tableName());
            }
        }
    }

    private <T> T locked(String view, Change<T> change) throws SQLException {
        try (Connection connection = dataSource.getConnection()) {
            connection.setAutoCommit(false);
            try (Statement settings = connection.createStatement();
                    PreparedStatement lock = connection
                            .prepareStatement("SELECT pg_advisory_xact_lock(hashtext('ritsem.view'), hashtext(?))")) {
                settings.execute("SET LOCAL lock_timeout TO '4s'");
                lock.setString(1, view);
                lock.execute();
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

    private interface Change<T> {
        T on(Connection connection) throws SQLException;
    }
}
