package io.ritsem.projections.store;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import javax.sql.DataSource;

import io.ritsem.projections.store.Generation.State;
import io.ritsem.projections.store.Generation.Switching;

/**
 * Lets another generation serve, when that takes nothing back that a reader has seen. Thread-safe, and safe with several
 * nodes at once.
 */
public final class GenerationSwitch {

    private static final String ROW = """
                                      SELECT state, switching, fingerprint, epoch, target_at < now() - interval '5 seconds'
                                        FROM ritsem.view_generation WHERE view = ? AND generation = ?
                                      """;

    // What was the end when a long build began is far behind by now: whoever has reached it gets a nearer one.
    private static final String NEARER_TARGET = """
                                                UPDATE ritsem.view_generation
                                                   SET target_transaction_id = %s,
                                                       target_at = now()
                                                 WHERE view = ? AND generation = ?
                                                """
            .formatted(Generations.LAST_TRANSACTION);
    // Behind the transaction's last event a cursor comes to stand at its end; an empty journal has none to be reached.
    private static final String BEFORE_TARGET = """
                                                SELECT EXISTS (SELECT FROM ritsem.view_generation g
                                                  JOIN ritsem.view_cursor c ON c.view = g.view AND c.generation = g.generation
                                                 WHERE g.view = ? AND g.generation = ?
                                                   AND (c.transaction_id, c.ordering)
                                                       < (nullif(g.target_transaction_id, 0), 9223372036854775807))
                                                """;
    private static final String SIBLING = """
                                          SELECT generation FROM ritsem.view_generation
                                           WHERE view = ? AND fingerprint = ? AND epoch = ? AND state = ? AND generation <> ?
                                          """;
    // Nobody moves these cursors between the comparison and the switch; locked in the order in which they are moved.
    private static final String LOCK = """
                                       SELECT FROM ritsem.view_cursor WHERE view = ? AND generation IN (?, ?)
                                        ORDER BY generation, partition FOR UPDATE
                                       """;
    // A cursor that stands before another one is behind only if an event lies between: a place without is seldom written.
    private static final String BEHIND = """
                                         SELECT DISTINCT next.partition FROM ritsem.view_cursor next
                                           JOIN ritsem.view_cursor serving ON serving.view = next.view AND serving.partition = next.partition
                                           JOIN ritsem.journal_info info ON true
                                          CROSS JOIN LATERAL generate_series(greatest(next.partition, 0),
                                                CASE WHEN next.partition < 0 THEN info.partitions - 1 ELSE next.partition END) AS of(partition)
                                          CROSS JOIN LATERAL (SELECT FROM ritsem.event_journal j WHERE j.partition = of.partition
                                                AND (j.transaction_id, j.ordering) > (next.transaction_id::text::xid8, next.ordering)
                                                AND (j.transaction_id, j.ordering) <= (serving.transaction_id::text::xid8, serving.ordering)
                                                ORDER BY j.transaction_id, j.ordering LIMIT 1) between_them
                                          WHERE next.view = ? AND next.generation = ? AND serving.generation = ?
                                            AND (next.transaction_id, next.ordering) < (serving.transaction_id, serving.ordering)
                                         """;
    private static final String SERVE = """
                                        UPDATE ritsem.view_generation
                                           SET state = 'serving', served_at = now(), retired_at = NULL, still_until = NULL, revision = revision + 1
                                         WHERE view = ? AND generation = ?
                                        """;
    private static final String STILL = "SELECT coalesce(still_until > now(), false) FROM ritsem.view_generation WHERE view = ? AND generation = ?";
    private static final String RETIRE = """
                                         UPDATE ritsem.view_generation
                                            SET state = 'previous', retired_at = now(), still_until = now() + ? * interval '1 millisecond'
                                          WHERE view = ? AND generation = ?
                                         """;

    // Who has begun to move a cursor has not seen that the generation stands still, but finds another epoch.
    private static final String FENCE = "UPDATE ritsem.view_cursor SET lease_epoch = lease_epoch + 1 WHERE view = ? AND generation = ?";

    private final DataSource dataSource;
    private final Duration lease;

    /**
     * @param lease after which every node that is alive has learned of a switch: until then the generation that was replaced
     *     stands still, so that nobody who still reads it sees more than a reader of the new one
     */
    public GenerationSwitch(DataSource dataSource, Duration lease) {
        this.dataSource = dataSource;
        this.lease = lease;
    }

    private record Row(State state, Switching switching, String fingerprint, int epoch, boolean farTarget) {}

    /** What became of a generation that is built. */
    public enum Outcome {
        /** It answers. */
        SERVES,
        /** It has not seen all yet, or nodes may still answer from the generation that would be dropped. */
        BEHIND,
        /** It is built and waits for an order: it was to, or it has parked events that the serving one could apply. */
        WAITS,
        /** It is not there any more. */
        GONE
    }

    /**
     * Lets a generation serve that is built: that has reached the journal's end as it was at most 5 s ago, and each of
     * whose cursors has reached that of the generation that serves. That one is kept as the previous one, and the one
     * before is dropped.
     */
    public Outcome complete(GenerationId generation) throws SQLException {
        if (ask(generation)) {
            return Outcome.BEHIND;
        }
        return Generations.locked(dataSource, generation.view(), connection -> {
            Optional<Row> found = row(connection, generation);
            if (found.isEmpty()) {
                return Outcome.GONE;
            }
            Row row = found.get();
            if (row.state() != State.BUILDING) {
                return Outcome.SERVES;
            }
            if (row.farTarget()) {
                update(connection, NEARER_TARGET, generation);
            }
            if (is(connection, BEFORE_TARGET, generation)) {
                return Outcome.BEHIND;
            }
            Optional<GenerationId> serving = sibling(connection, generation, row, State.SERVING);
            return serving.isPresent() ? replace(connection, generation, row, serving.get())
                    : serve(connection, generation);
        });
    }

    /** Without the lock, for it is mostly so. */
    private boolean ask(GenerationId generation) throws SQLException {
        try (Connection connection = dataSource.getConnection()) {
            return is(connection, BEFORE_TARGET, generation);
        }
    }

    private static Outcome serve(Connection connection, GenerationId generation) throws SQLException {
        update(connection, SERVE, generation);
        return Outcome.SERVES;
    }

    private Outcome replace(Connection connection, GenerationId next, Row row, GenerationId serving)
            throws SQLException {
        boolean waits = switch (row.switching()) {
            case AUTOMATIC -> parksMore(connection, next, serving);
            case MANUAL -> true;
            case ORDERED -> false;
        };
        if (waits) {
            return Outcome.WAITS;
        }
        Optional<GenerationId> previous = sibling(connection, next, row, State.PREVIOUS);
        if ((previous.isPresent() && is(connection, STILL, previous.get()))
                || !hasReached(connection, next, serving)) {
            return Outcome.BEHIND;
        }
        if (previous.isPresent()) {
            Generations.drop(connection, previous.get());
        }
        retire(connection, serving);
        return serve(connection, next);
    }

    private static boolean parksMore(Connection connection, GenerationId next, GenerationId serving)
            throws SQLException {
        return !DeadLetterRows.keys(connection, serving).containsAll(DeadLetterRows.keys(connection, next));
    }

    /**
     * Lets the previous generation serve again in place of the present one, which becomes the previous one.
     *
     * @return {@code BEHIND} if it has not seen all that the serving one has, {@code GONE} if there is none
     */
    Outcome rollBack(Connection connection, GenerationId serving) throws SQLException {
        Row row = row(connection, serving).orElseThrow();
        Optional<GenerationId> previous = sibling(connection, serving, row, State.PREVIOUS);
        if (previous.isEmpty()) {
            return Outcome.GONE;
        }
        if (!hasReached(connection, previous.get(), serving)) {
            return Outcome.BEHIND;
        }
        retire(connection, serving);
        return serve(connection, previous.get());
    }

    private void retire(Connection connection, GenerationId serving) throws SQLException {
        update(connection, FENCE, serving);
        try (PreparedStatement update = connection.prepareStatement(RETIRE)) {
            update.setLong(1, lease.toMillis());
            update.setString(2, serving.view());
            update.setInt(3, serving.generation());
            update.executeUpdate();
        }
    }

    private static boolean hasReached(Connection connection, GenerationId next, GenerationId serving)
            throws SQLException {
        try (PreparedStatement lock = connection.prepareStatement(LOCK)) {
            lock.setString(1, next.view());
            lock.setInt(2, next.generation());
            lock.setInt(3, serving.generation());
            lock.execute();
        }
        return behind(connection, next, serving).isEmpty();
    }

    /** The cursors of a generation that have yet to pass an event which another generation of the view has passed. */
    static Set<Integer> behind(Connection connection, GenerationId generation, GenerationId other)
            throws SQLException {
        Set<Integer> behind = new HashSet<>();
        try (PreparedStatement select = connection.prepareStatement(BEHIND)) {
            name(select, generation);
            select.setInt(3, other.generation());
            try (ResultSet found = select.executeQuery()) {
                while (found.next()) {
                    behind.add(found.getInt(1));
                }
            }
        }
        return behind;
    }

    private static Optional<Row> row(Connection connection, GenerationId generation) throws SQLException {
        try (PreparedStatement select = connection.prepareStatement(ROW)) {
            name(select, generation);
            try (ResultSet found = select.executeQuery()) {
                return found.next()
                        ? Optional.of(new Row(Generations.state(found.getString(1)),
                                Generations.switching(found.getString(2)), found.getString(3), found.getInt(4),
                                found.getBoolean(5)))
                        : Optional.empty();
            }
        }
    }

    private static Optional<GenerationId> sibling(Connection connection, GenerationId of, Row row, State state)
            throws SQLException {
        try (PreparedStatement select = connection.prepareStatement(SIBLING)) {
            select.setString(1, of.view());
            select.setString(2, row.fingerprint());
            select.setInt(3, row.epoch());
            select.setString(4, Generations.stored(state));
            select.setInt(5, of.generation());
            try (ResultSet found = select.executeQuery()) {
                return found.next() ? Optional.of(new GenerationId(of.view(), found.getInt(1))) : Optional.empty();
            }
        }
    }

    private static void update(Connection connection, String sql, GenerationId generation) throws SQLException {
        try (PreparedStatement update = connection.prepareStatement(sql)) {
            name(update, generation);
            update.executeUpdate();
        }
    }

    private static boolean is(Connection connection, String sql, GenerationId generation) throws SQLException {
        try (PreparedStatement select = connection.prepareStatement(sql)) {
            name(select, generation);
            return answer(select);
        }
    }

    private static void name(PreparedStatement statement, GenerationId generation) throws SQLException {
        statement.setString(1, generation.view());
        statement.setInt(2, generation.generation());
    }

    private static boolean answer(PreparedStatement select) throws SQLException {
        try (ResultSet found = select.executeQuery()) {
            found.next();
            return found.getBoolean(1);
        }
    }
}
