package io.ritsem.runtime.journal;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.sql.Types;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
import java.util.function.IntFunction;
import javax.sql.DataSource;

import akka.persistence.PersistentRepr;
import com.zaxxer.hikari.HikariDataSource;
import org.jspecify.annotations.Nullable;
import org.postgresql.util.PSQLException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import io.ritsem.runtime.journal.NotedEventTypes.NotReadableByAll;

/**
 * The table {@code ritsem.event_journal}, as it is written: any number of rows with one statement, and what the
 * statement's failure means. Keeps its connection, so that readers who take all others cannot keep a write waiting. Not
 * thread-safe: each writer has its own.
 */
final class JournalTable implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(JournalTable.class);

    /** Akka's writer id; the primary key is the fence, so nobody reads it. */
    static final String WRITER = "ritsem";

    /** Our events are not Akka's to serialize; the manifest says what they are. */
    private static final int SERIALIZER = 0;

    /** Classes of SQLSTATE: a value that a column cannot hold, a constraint, a limit such as that of an index entry. */
    private static final Set<String> ROWS_TO_BLAME = Set.of("22", "23", "54");

    private static final String INSERT = """
                                         WITH stored AS (
                                           INSERT INTO ritsem.event_journal (persistence_id, sequence_number, event_ser_manifest, event_payload,
                                             partition, event_time, causation, caller, correlation, traceparent,
                                             command_key, command_fingerprint, command_events, command_reply,
                                             writer, write_timestamp, adapter_manifest, event_ser_id)
                                           SELECT e.*, '%s', null, '', %d
                                           FROM unnest(?::varchar[], ?::bigint[], ?::varchar[], ?::bytea[], ?::smallint[], ?::timestamptz[], ?::uuid[],
                                             ?::text[], ?::text[], ?::text[], ?::text[], ?::bytea[], ?::int[], ?::bytea[]) AS e
                                           WHERE (SELECT clock_timestamp() < ?::timestamptz)
                                           RETURNING true
                                         )
                                         SELECT (SELECT pg_current_xact_id()::text::bigint FROM stored LIMIT 1), clock_timestamp()"""
            .formatted(WRITER, SERIALIZER);

    /** The SQLSTATE of a lock that was waited for as long as {@code lock_timeout}. */
    private static final String LOCKED = "55P03";

    /** After so long without use, whether the connection still stands is asked before it is trusted with a write. */
    private static final Duration TRUSTED = Duration.ofMillis(500);

    private final DataSource dataSource;
    private final JournalInfo info;
    private final WriteFence fence;
    private final NotedEventTypes eventTypes = new NotedEventTypes();
    private @Nullable Connection connection;
    private @Nullable PreparedStatement prepared;
    private long used;
    private boolean impatient;

    JournalTable(DataSource dataSource, JournalInfo info, WriteFence fence) {
        this.dataSource = dataSource;
        this.info = info;
        this.fence = fence;
    }

    int partitionOf(String persistenceId) {
        return Partition.of(persistenceId, info.partitions());
    }

    /** Takes its connection already. */
    void connect() throws NoConnection {
        var _ = prepared();
    }

    /** Stores rows in their order, all or none, and tells the id of the transaction that did. */
    long insert(List<PersistentRepr> rows) throws SQLException {
        PreparedStatement insert = prepared();
        try {
            Columns columns = new Columns(insert, rows);
            columns.add("varchar", PersistentRepr::persistenceId, String[]::new);
            columns.add("bigint", PersistentRepr::sequenceNr, Long[]::new);
            columns.add("varchar", row -> envelope(row).manifest().toString(), String[]::new);
            columns.add("bytea", row -> envelope(row).data(), byte[][]::new);
            columns.add("smallint", row -> (short) partitionOf(row.persistenceId()), Short[]::new);
            columns.add("timestamptz", row -> metadata(row).time().toString(), String[]::new);
            columns.add("uuid", row -> metadata(row).causation(), Object[]::new);
            columns.add("text", row -> metadata(row).caller(), String[]::new);
            columns.add("text", row -> metadata(row).correlation(), String[]::new);
            columns.add("text", row -> metadata(row).traceparent(), String[]::new);
            columns.add("text", row -> ofKey(row, SpentKey::key), String[]::new);
            columns.add("bytea", row -> ofKey(row, SpentKey::fingerprint), byte[][]::new);
            columns.add("int", row -> ofKey(row, SpentKey::events), Integer[]::new);
            columns.add("bytea", row -> ofKey(row, SpentKey::reply), byte[][]::new);
            Instant closesAt = fence.closesAt();
            columns.until(closesAt);
            eventTypes.note(insert.getConnection(), rows.stream().map(row -> envelope(row).manifest()).toList());
            long transaction = stored(insert, closesAt);
            used = System.nanoTime();
            return transaction;
        } catch (SQLException failure) {
            if (!sessionGoesOn(failure, insert)) {
                close();
                throw new InDoubt(failure);
            }
            if (!isOfTheRows(failure) && !isOfALock(failure)) {
                close();
            }
            throw failure;
        } catch (RuntimeException | Error bug) {
            close();
            throw bug;
        }
    }

    /**
     * The same, but waits only a moment for locks, as is right once it is known that there is one: what comes next is to
     * find out whose.
     */
    long insertUnlessLocked(List<PersistentRepr> rows) throws SQLException {
        beImpatient();
        try {
            return insert(rows);
        } finally {
            bePatient();
        }
    }

    private void beImpatient() throws NoConnection {
        PreparedStatement own = prepared();
        impatient = true;
        try (Statement statement = own.getConnection().createStatement()) {
            statement.execute("SET lock_timeout = 50");
        } catch (SQLException failure) {
            close();
            throw new NoConnection(failure);
        }
    }

    /** What becomes of this says nothing of the insert. */
    private void bePatient() {
        if (connection != null) {
            try (Statement statement = connection.createStatement()) {
                statement.execute("RESET lock_timeout");
                impatient = false;
            } catch (SQLException broken) {
                LOG.debug("It stays impatient, so nobody may have it", broken);
                close();
            }
        }
    }

    private static long stored(PreparedStatement insert, Instant closesAt) throws SQLException {
        try (ResultSet result = insert.executeQuery()) {
            var _ = result.next();
            long transaction = result.getLong(1);
            if (result.wasNull()) {
                throw new FencedOff(closesAt, result.getObject(2, OffsetDateTime.class).toInstant());
            }
            if (insert.getWarnings() != null) {
                throw new InDoubt(insert.getWarnings());
            }
            return transaction;
        }
    }

    private PreparedStatement prepared() throws NoConnection {
        try {
            if (connection != null && System.nanoTime() - used > TRUSTED.toNanos() && !connection.isValid(1)) {
                close();
            }
            if (connection == null || prepared == null) {
                connection = dataSource.getConnection();
                prepared = connection.prepareStatement(INSERT);
            }
            return prepared;
        } catch (SQLException failure) {
            close();
            throw new NoConnection(failure);
        }
    }

    /** Gives the connection back as it was taken, or not at all; the next insert takes another. */
    @Override public void close() {
        @Nullable Connection given = connection;
        boolean unusual = impatient;
        connection = null;
        prepared = null;
        impatient = false;
        if (given != null) {
            try {
                if (unusual) {
                    dataSource.unwrap(HikariDataSource.class).evictConnection(given);
                }
                given.close();
            } catch (SQLException broken) {
                LOG.debug("It was broken already", broken);
            }
        }
    }

    private static EventEnvelope envelope(PersistentRepr row) {
        return (EventEnvelope) row.payload();
    }

    private static EventMetadata metadata(PersistentRepr row) {
        return envelope(row).metadata();
    }

    private static <T extends @Nullable Object> @Nullable T ofKey(PersistentRepr row, Function<SpentKey, T> part) {
        @Nullable SpentKey key = metadata(row).spentKey();
        return key == null ? null : part.apply(key);
    }

    /** Fills one array parameter after another. */
    private static final class Columns {

        private final PreparedStatement insert;
        private final List<PersistentRepr> rows;
        private int parameter;

        Columns(PreparedStatement insert, List<PersistentRepr> rows) {
            this.insert = insert;
            this.rows = rows;
        }

        /** A column in which no row has anything is sent as null: {@code unnest} fills it up. */
        void add(String type, Function<PersistentRepr, ? extends @Nullable Object> value,
                IntFunction<@Nullable Object[]> array) throws SQLException {
            @Nullable Object[] values = array.apply(rows.size());
            boolean empty = true;
            for (int row = 0; row < values.length; row++) {
                values[row] = value.apply(rows.get(row));
                empty &= values[row] == null;
            }
            if (empty) {
                insert.setNull(++parameter, Types.ARRAY);
            } else {
                insert.setArray(++parameter, insert.getConnection().createArrayOf(type, values));
            }
        }

        void until(Instant moment) throws SQLException {
            insert.setString(++parameter, moment.equals(Instant.MAX) ? "infinity" : moment.toString());
        }
    }

    // ---- failures ------------------------------------------------------------------------------------------------

    /** There was no connection, so nothing was even sent. */
    static final class NoConnection extends SQLException {
        private static final long serialVersionUID = 1L;

        private NoConnection(SQLException cause) {
            super(cause.getMessage(), cause.getSQLState(), cause);
        }
    }

    /**
     * Stored, but with a warning: a synchronous replica may not have it, and a fail-over would lose it. Or the session
     * ended with an error, perhaps in the midst of the commit, which a recovery from a crash may find complete.
     */
    private static final class InDoubt extends SQLException {
        private static final long serialVersionUID = 1L;

        InDoubt(SQLException cause) {
            super(cause.getMessage(), cause.getSQLState(), cause);
        }
    }

    /** Another node may have the entities by now: nothing was stored. */
    private static final class FencedOff extends SQLException {
        private static final long serialVersionUID = 1L;

        FencedOff(Instant closesAt, Instant now) {
            super("By the database's clock this node may write until %s, but it is %s there: the node had lost sight of the "
                    .formatted(closesAt, now) + "majority, or that clock has jumped ahead, as it may at a fail-over");
        }
    }

    /** Whether a row is to blame, so that the other rows of the batch deserve another try. */
    boolean isOfTheRows(SQLException failure) {
        return failure instanceof NotReadableByAll
                || (answered(failure) && ROWS_TO_BLAME.contains(failure.getSQLState().substring(0, 2)));
    }

    /** Whether another transaction held a lock for too long, so that the rows that it does not hold deserve another try. */
    boolean isOfALock(SQLException failure) {
        return answered(failure) && LOCKED.equals(failure.getSQLState());
    }

    /** What a failed insert means to the author of a write. */
    JournalWriteException explain(SQLException failure, String what) {
        if (failure instanceof NotReadableByAll) {
            return new JournalWriteException.NotReadableByAll(what, failure);
        }
        if (failure instanceof FencedOff) {
            return new JournalWriteException.NoMajority(what, failure);
        }
        if (failure instanceof NoConnection) {
            return new JournalWriteException.Unavailable("No connection to the journal: " + failure.getMessage(),
                    failure);
        }
        if (!answered(failure)) {
            return new JournalWriteException.OutcomeUnknown(what, failure);
        }
        if (!isOfTheRows(failure)) {
            return new JournalWriteException.Unavailable("The journal cannot store now: " + failure.getMessage(),
                    failure);
        }
        return switch (constraintOf(failure)) {
            case "event_journal_pkey" -> new JournalWriteException.Conflict(what, failure);
            case "event_journal_command_key" -> new JournalWriteException.KeyConflict(what, failure);
            default -> new JournalWriteException.Refused(what, failure);
        };
    }

    /** Whether the server itself reported the failure and went on, so that the statement certainly had no effect. */
    private static boolean answered(SQLException failure) {
        return failure instanceof PSQLException reported && reported.getServerErrorMessage() != null
                && !reported.getSQLState().startsWith("08") && !reported.getSQLState().startsWith("57P");
    }

    /**
     * Whether an error that the server reported ended the statement alone. One that ended the session is of severity
     * FATAL or PANIC, of whatever SQLSTATE; the driver tells the severity in the server's language only, so in any other
     * than English the session itself is asked.
     */
    private static boolean sessionGoesOn(SQLException failure, Statement statement) throws SQLException {
        if (failure instanceof PSQLException reported && reported.getServerErrorMessage() != null) {
            return "ERROR".equals(reported.getServerErrorMessage().getSeverity())
                    || statement.getConnection().isValid(1);
        }
        return true;
    }

    private static String constraintOf(SQLException failure) {
        if (failure instanceof PSQLException reported && reported.getServerErrorMessage() != null
                && reported.getServerErrorMessage().getConstraint() != null) {
            return reported.getServerErrorMessage().getConstraint();
        }
        return "";
    }
}
