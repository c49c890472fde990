package io.ritsem.runtime.journal;

import java.sql.Array;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.SQLWarning;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import javax.sql.DataSource;

import org.jspecify.annotations.Nullable;

/**
 * The journal's reading side. Blocking; one connection of the pool for the time of a call; every method throws
 * {@link JournalUnreadableException} when the database does not answer. Thread-safe.
 *
 * <p>
 * Everything that a {@link Tail} holds was below the horizon: committed, and nothing can appear before it any more.
 */
public final class JournalReader {

    private static final String FIRST_AFTER = """
                                              SELECT p.partition, first.transaction_id::text::bigint
                                              FROM unnest(?::smallint[], ?::text[]::xid8[], ?::bigint[]) AS p(partition, xid, ord) CROSS JOIN LATERAL (
                                                SELECT n.transaction_id FROM (
                                                  SELECT j.*, row_number() OVER (ORDER BY j.transaction_id, j.ordering) AS number FROM ritsem.event_journal j
                                                  WHERE j.partition = p.partition AND (j.transaction_id, j.ordering) > (p.xid, p.ord) ORDER BY j.transaction_id, j.ordering LIMIT 1000) n
                                                WHERE split_part(n.persistence_id, '|', 1) = ANY (?) OR n.number = 1000 ORDER BY n.transaction_id, n.ordering LIMIT 1) first""";

    private static final String PAGE = "SELECT %s FROM (%s) e ORDER BY e.sequence_number".formatted(EventRow.COLUMNS,
            EventRow.within("""
                            SELECT * FROM ritsem.event_journal
                            WHERE persistence_id = ? AND sequence_number > ? AND sequence_number <= ?
                            ORDER BY sequence_number LIMIT ?""", "sequence_number"));

    private static final String AT_PLACES = "SELECT %s FROM (%s) e ORDER BY e.number".formatted(EventRow.COLUMNS,
            EventRow.within(
                    """
                    SELECT j.*, p.number
                    FROM unnest(?::text[], ?::bigint[]) WITH ORDINALITY AS p (persistence_id, sequence_number, number)
                    JOIN ritsem.event_journal j USING (persistence_id, sequence_number)""", "number"));

    /** What is wanted lies from low to high; each step asks for the time of the one event in the middle. */
    private static final String VERSION_AT = """
                                             WITH RECURSIVE search(low, high) AS (
                                               SELECT 0::bigint, (SELECT coalesce(max(sequence_number), 0)
                                                                  FROM ritsem.event_journal WHERE persistence_id = ?)
                                               UNION ALL
                                               SELECT CASE WHEN m.passed THEN s.middle ELSE s.low END,
                                                      CASE WHEN m.passed THEN s.high ELSE s.middle - 1 END
                                               FROM (SELECT low, high, (low + high + 1) / 2 AS middle FROM search
                                                     WHERE low < high) s
                                               CROSS JOIN LATERAL (
                                                 SELECT event_time <= ? AS passed FROM ritsem.event_journal
                                                 WHERE persistence_id = ? AND sequence_number = s.middle LIMIT 1) m)
                                             SELECT low FROM search WHERE low = high""";

    /** On a connection that can only read, this fails as a write does. */
    private static final String A_FEW_BYTES = """
                                              WITH a_write AS (UPDATE ritsem.journal_info SET id = id WHERE false)
                                              SELECT pg_logical_emit_message(true, 'ritsem', '')""";

    /** What a moment of PostgreSQL's can be, roughly. */
    private static final Instant EARLIEST = Instant.parse("0001-01-01T00:00:00Z");
    private static final Instant LATEST = Instant.parse("9999-12-31T00:00:00Z");

    private final DataSource dataSource;
    private final JournalInfo info;
    private final TailQuery tail;

    public JournalReader(DataSource dataSource, JournalInfo info) {
        this.dataSource = dataSource;
        this.info = info;
        this.tail = new TailQuery(dataSource, info.partitions());
    }

    /** What holds for the journal. */
    public JournalInfo info() {
        return info;
    }

    /**
     * What a read of the log gives.
     *
     * @param events in order of position
     * @param horizon the first transaction id that may still bring events: all positions below it are decided
     * @param last the largest transaction id in the journal, of whatever partition, 0 if there is none: if it is not below
     *     the horizon, events wait above it and another look is worth while soon
     * @param cuts the last event that was read of each partition that may have more
     */
    public record Tail(List<RecordedEvent> events, long horizon, long last, Map<Integer, Position> cuts) {

        /**
         * The transaction id up to which everything has been decided for good. It is never beyond the last event: a
         * transaction that does not wait for the disk is forgotten when the server crashes, and its id, though it was below
         * the horizon, is given again, perhaps to an event. What comes after an event on the disk is not.
         */
        public long end() {
            return Math.min(horizon - 1, last);
        }
    }

    /**
     * For each partition, the events after a position, in order, at most {@code limit} of each and 8 MiB of all, but one at
     * least.
     */
    public Tail readPartitions(Map<Integer, Position> after, int limit) {
        return tail.ofPartitions(after, limit);
    }

    /** The merge of all partitions after a position, in order, at most {@code limit} and 8 MiB, but one at least. */
    public Tail readAll(Position after, int limit) {
        return tail.ofAll(after, limit);
    }

    /**
     * For each partition the transaction of its first event of one of these entity types after a position, whether or not
     * it is below the horizon; those that have none are not named. If none of the next 1,000 events of all types is one,
     * it is the transaction of the 1,000th: before that there is none.
     */
    public Map<Integer, Long> firstAfter(Map<Integer, Position> after, List<String> entityTypes) {
        return ask(FIRST_AFTER, statement -> {
            TailQuery.setPlaces(statement, 1, after);
            statement.setArray(4, array(statement, "text", entityTypes.toArray()));
        }, rows -> {
            Map<Integer, Long> first = new HashMap<>();
            while (rows.next()) {
                first.put(rows.getInt(1), rows.getLong(2));
            }
            return first;
        });
    }

    /** An entity's events with a sequence beyond {@code after} and up to {@code upTo}, in order, at most {@code limit}. */
    public List<RecordedEvent> events(EntityId entity, long after, long upTo, int limit) {
        return ask("SELECT " + EventRow.COLUMNS
                + """
                   FROM ritsem.event_journal e
                  WHERE persistence_id = ? AND sequence_number > ? AND sequence_number <= ?
                  ORDER BY sequence_number LIMIT ?""", statement -> {
                    statement.setString(1, entity.persistenceId());
                    statement.setLong(2, after);
                    statement.setLong(3, upTo);
                    statement.setInt(4, limit);
                }, JournalReader::events);
    }

    /** As {@link #events(EntityId, long, long, int)}, but no more than 8 MiB, and one at least. */
    public EventPage page(EntityId entity, long after, long upTo, int limit) {
        return ask(PAGE, statement -> {
            statement.setString(1, entity.persistenceId());
            statement.setLong(2, after);
            statement.setLong(3, upTo);
            statement.setInt(4, limit);
            statement.setInt(5, EventRow.LARGEST_READ);
        }, rows -> {
            List<RecordedEvent> events = events(rows);
            return new EventPage(events, EventRow.isFull(events, limit, EventRow.LARGEST_READ));
        });
    }

    /** One event of an entity. */
    public record Place(EntityId entity, long sequence) {}

    /** The events at these places, those that there are, in the places' order: the first 8 MiB, and one at least. */
    public List<RecordedEvent> events(List<Place> places) {
        return ask(AT_PLACES, statement -> {
            statement.setArray(1, array(statement, "text",
                    places.stream().map(place -> place.entity().persistenceId()).toArray(String[]::new)));
            statement.setArray(2, array(statement, "bigint",
                    places.stream().map(Place::sequence).toArray(Long[]::new)));
            statement.setInt(3, EventRow.LARGEST_READ);
        }, JournalReader::events);
    }

    private static List<RecordedEvent> events(ResultSet rows) throws SQLException {
        List<RecordedEvent> events = new ArrayList<>();
        while (rows.next()) {
            events.add(EventRow.read(rows, 1));
        }
        return events;
    }

    /** The sequence of an entity's latest event, or 0. */
    long version(String persistenceId) {
        return ask("SELECT coalesce(max(sequence_number), 0) FROM ritsem.event_journal WHERE persistence_id = ?",
                statement -> statement.setString(1, persistenceId), JournalReader::number);
    }

    /**
     * How far the journal has come with an entity, and who may bring it further, as of one moment.
     *
     * @param version the sequence of its latest event, or 0
     * @param oldestRunning all transactions below this have ended
     * @param aboveAllBegun all that have begun to write are below this; 0 if that was not asked
     */
    public record Standing(long version, long oldestRunning, long aboveAllBegun) {}

    /** @param begun whether to ask who has begun: it takes a transaction id, as no snapshot tells those of the latest */
    public Standing standing(EntityId entity, boolean begun) {
        return ask("""
                   SELECT (SELECT coalesce(max(sequence_number), 0) FROM ritsem.event_journal WHERE persistence_id = ?),
                          pg_snapshot_xmin(pg_current_snapshot())::text::bigint,
                          CASE WHEN ? THEN pg_current_xact_id()::text::bigint ELSE 0 END""", statement -> {
            statement.setString(1, entity.persistenceId());
            statement.setBoolean(2, begun);
        }, rows -> {
            var _ = rows.next();
            return new Standing(rows.getLong(1), rows.getLong(2), rows.getLong(3));
        });
    }

    /**
     * Returns when this event of an entity is there, or when no write that has begun can bring it any more; fails if somebody
     * may be about to store it.
     */
    public void awaitOutcome(EntityId entity, long sequence) {
        FreePlace.await(dataSource, entity, sequence, Partition.of(entity.persistenceId(), info.partitions()));
    }

    /**
     * Returns when all that was committed before is as safe as the server was told to make it, on a standby perhaps: it
     * commits a few bytes, of which nobody takes note, and waits for them as for any write. Events that are visible are
     * not always that, if their own wait was broken off.
     */
    public void awaitConfirmation() {
        ask(A_FEW_BYTES, _ -> {}, rows -> {
            @Nullable SQLWarning unconfirmed = rows.getStatement().getWarnings();
            if (unconfirmed != null) {
                throw unconfirmed;
            }
            return true;
        });
    }

    /**
     * The sequence of an entity's latest event at a moment (its time not after it), or 0. Halves the entity's life again
     * and again, so it reads some 20 events of a million; of events that were stored out of the order of their times,
     * because clocks differ, it gives one whose successor is later than the moment.
     */
    public long versionAt(EntityId entity, Instant time) {
        Instant moment = time.isBefore(EARLIEST) ? EARLIEST : time.isAfter(LATEST) ? LATEST : time;
        return ask(VERSION_AT, statement -> {
            statement.setString(1, entity.persistenceId());
            statement.setObject(2, moment.atOffset(ZoneOffset.UTC));
            statement.setString(3, entity.persistenceId());
        }, JournalReader::number);
    }

    /**
     * The keys that an entity has spent since a moment, with events after a sequence and up to another, each with its first
     * event's sequence. Without the replies, which are read when they are asked for again.
     */
    public Map<Long, SpentKey> spentKeys(EntityId entity, Instant since, long after, long upTo) {
        return ask("""
                   SELECT sequence_number, command_key, command_fingerprint, command_events FROM ritsem.event_journal
                   WHERE persistence_id = ? AND sequence_number > ? AND sequence_number <= ? AND event_time >= ?
                     AND command_key IS NOT NULL""", statement -> {
            statement.setString(1, entity.persistenceId());
            statement.setLong(2, after);
            statement.setLong(3, upTo);
            statement.setObject(4, OffsetDateTime.ofInstant(since, ZoneOffset.UTC));
        }, JournalReader::spentKeys);
    }

    /** Those of some keys that an entity has spent, whenever that was, each with its first event's sequence. */
    public Map<Long, SpentKey> spentKeys(EntityId entity, Set<String> keys) {
        return ask("""
                   SELECT sequence_number, command_key, command_fingerprint, command_events FROM ritsem.event_journal
                   WHERE persistence_id = ? AND command_key = ANY (?)""", statement -> {
            statement.setString(1, entity.persistenceId());
            statement.setArray(2, array(statement, "text", keys.toArray()));
        }, JournalReader::spentKeys);
    }

    private static Map<Long, SpentKey> spentKeys(ResultSet rows) throws SQLException {
        Map<Long, SpentKey> spent = new TreeMap<>();
        while (rows.next()) {
            spent.put(rows.getLong(1), spentKey(rows));
        }
        return spent;
    }

    private static SpentKey spentKey(ResultSet row) throws SQLException {
        return new SpentKey(row.getString(2), row.getBytes(3), row.getInt(4), null);
    }

    /**
     * About how many events follow a position, for progress: writes that were rolled back count, too. Cheap, whatever the
     * journal's size.
     */
    public long countAfter(Position after) {
        return ask("""
                   SELECT coalesce(max(l.ordering), 0) FROM generate_series(0, %d) AS p(partition)
                   """.formatted(info.partitions() - 1) + TailQuery.LAST,
                _ -> {}, rows -> Math.max(0, number(rows) - after.ordering()));
    }

    /** Who has written to the journal longest ago and not ended yet, if anybody: an old one deserves a warning. */
    public Optional<HorizonHolder> horizonHolder() {
        return ask(
                """
                SELECT coalesce(own.pid, 0), coalesce(a.application_name, p.gid, ''),
                       (extract(epoch FROM clock_timestamp() - coalesce(a.xact_start, p.prepared)) * 1000)::bigint
                FROM pg_locks own
                JOIN pg_locks journal USING (virtualtransaction)
                LEFT JOIN pg_stat_activity a ON a.pid = own.pid
                LEFT JOIN pg_prepared_xacts p ON p.transaction = own.transactionid
                WHERE own.locktype = 'transactionid' AND own.mode = 'ExclusiveLock' AND journal.mode = 'RowExclusiveLock'
                  AND journal.relation = 'ritsem.event_journal'::regclass
                  AND journal.database = (SELECT oid FROM pg_database WHERE datname = current_database())
                ORDER BY age(own.transactionid) DESC LIMIT 1""",
                _ -> {}, rows -> rows.next()
                        ? Optional.of(new HorizonHolder(rows.getInt(1), rows.getString(2),
                                Duration.ofMillis(rows.getLong(3))))
                        : Optional.empty());
    }

    private static long number(ResultSet rows) throws SQLException {
        return rows.next() ? rows.getLong(1) : 0;
    }

    private static Array array(PreparedStatement statement, String type, Object[] values) throws SQLException {
        return statement.getConnection().createArrayOf(type, values);
    }

    private interface Parameters {
        void set(PreparedStatement statement) throws SQLException;
    }

    private interface Reading<T> {
        T read(ResultSet rows) throws SQLException;
    }

    private <T> T ask(String sql, Parameters parameters, Reading<T> reading) {
        try (Connection connection = dataSource.getConnection();
                PreparedStatement statement = connection.prepareStatement(sql)) {
            parameters.set(statement);
            try (ResultSet rows = statement.executeQuery()) {
                return reading.read(rows);
            }
        } catch (SQLException failure) {
            throw new JournalUnreadableException(failure);
        }
    }
}
