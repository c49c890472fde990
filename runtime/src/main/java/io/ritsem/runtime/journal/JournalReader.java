package io.ritsem.runtime.journal;

import java.sql.Array;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import javax.sql.DataSource;

/**
 * The journal's reading side. Blocking; one connection of the pool for the time of a call; every method throws
 * {@link JournalUnreadableException} when the database does not answer. Thread-safe.
 *
 * <p>
 * Everything that a {@link Tail} holds was below the horizon: committed, and nothing can appear before it any more.
 */
public final class JournalReader {

    /** The oldest transaction that may still be running; all below it is committed or gone. */
    private static final String HORIZON = "pg_snapshot_xmin(pg_current_snapshot())";

    /** The index (partition, transaction_id, ordering) gives these rows in their order. */
    private static final String BEYOND = """
                                         SELECT * FROM ritsem.event_journal j
                                         WHERE j.partition = %s AND (j.transaction_id, j.ordering) > (%s, %s) AND j.transaction_id < h.horizon
                                         ORDER BY j.transaction_id, j.ordering LIMIT ?""";

    private static final String READ_PARTITIONS = """
                                                  SELECT h.horizon::text::bigint, h.last, %s
                                                  FROM (SELECT %s AS horizon,
                                                          (SELECT l.transaction_id::text::bigint FROM unnest(?::smallint[]) AS p(partition)
                                                           CROSS JOIN LATERAL (SELECT transaction_id FROM ritsem.event_journal j
                                                             WHERE j.partition = p.partition
                                                             ORDER BY transaction_id DESC, ordering DESC LIMIT 1) l
                                                           ORDER BY l.transaction_id DESC LIMIT 1) AS last) h
                                                  LEFT JOIN LATERAL (
                                                    SELECT j.* FROM unnest(?::smallint[], ?::text[]::xid8[], ?::bigint[]) AS p(partition, xid, ord)
                                                    CROSS JOIN LATERAL (%s) j) e ON true"""
            .formatted(EventRow.COLUMNS, HORIZON,
                    BEYOND.formatted("p.partition", "p.xid", "p.ord"));

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

    /** Sequences have no gaps, so this is how many events are read at once, whatever the planner believes. */
    private static final int PAGE_OF_KEYS = 1_000;

    /** What a moment of PostgreSQL's can be, roughly. */
    private static final Instant EARLIEST = Instant.parse("0001-01-01T00:00:00Z");
    private static final Instant LATEST = Instant.parse("9999-12-31T00:00:00Z");

    private final DataSource dataSource;
    private final JournalInfo info;
    private final String readAll;

    public JournalReader(DataSource dataSource, JournalInfo info) {
        this.dataSource = dataSource;
        this.info = info;
        this.readAll = readAll(info.partitions());
    }

    /** What holds for the journal. */
    public JournalInfo info() {
        return info;
    }

    /**
     * What a read of the log gives.
     *
     * @param events in order of position
     * @param horizon the first transaction id that may still be running: all positions below it are decided
     * @param last the largest transaction id in the journal of the partitions read, 0 if there is none: if it is not
     *     below the horizon, events wait above it and another look is worth while soon
     */
    public record Tail(List<RecordedEvent> events, long horizon, long last) {}

    /** For each partition, the events after a position, in order, at most {@code limit} for each. */
    public Tail readPartitions(Map<Integer, Position> after, int limit) {
        List<Map.Entry<Integer, Position>> from = List.copyOf(after.entrySet());
        return ask(READ_PARTITIONS, statement -> {
            Array partitions = array(statement, "smallint",
                    from.stream().map(entry -> entry.getKey().shortValue()).toArray(Short[]::new));
            statement.setArray(1, partitions);
            statement.setArray(2, partitions);
            statement.setArray(3, array(statement, "text",
                    from.stream()
                            .map(entry -> Long.toString(entry.getValue().transactionId()))
                            .toArray(String[]::new)));
            statement.setArray(4, array(statement, "bigint",
                    from.stream().map(entry -> entry.getValue().ordering()).toArray(Long[]::new)));
            statement.setInt(5, limit);
        }, JournalReader::tail);
    }

    /** The merge of all partitions after a position, in order, at most {@code limit}. */
    public Tail readAll(Position after, int limit) {
        return ask(readAll, statement -> {
            int parameter = 0;
            for (int partition = 0; partition < info.partitions(); partition++) {
                statement.setString(++parameter, Long.toString(after.transactionId()));
                statement.setLong(++parameter, after.ordering());
                statement.setInt(++parameter, limit);
            }
            statement.setInt(++parameter, limit);
        }, JournalReader::tail);
    }

    /**
     * One ordered branch for each partition, which the server merges lazily, so that hardly more is read than the limit.
     * The limit inside the branches is what keeps it from reading all of the journal and sorting it.
     */
    private static String readAll(int partitions) {
        String branches = IntStream.range(0, partitions)
                .mapToObj(partition -> "(" + BEYOND.formatted(partition, "?::text::xid8", "?")
                        .replace("h.horizon", "(SELECT " + HORIZON + ")") + ")")
                .collect(Collectors.joining(" UNION ALL "));
        return """
               SELECT h.horizon::text::bigint, h.last, %s
               FROM (SELECT %s AS horizon,
                       (SELECT l.transaction_id::text::bigint FROM generate_series(0, %d) AS p(partition)
                        CROSS JOIN LATERAL (SELECT transaction_id FROM ritsem.event_journal j
                          WHERE j.partition = p.partition
                          ORDER BY transaction_id DESC, ordering DESC LIMIT 1) l
                        ORDER BY l.transaction_id DESC LIMIT 1) AS last) h
               LEFT JOIN LATERAL (SELECT * FROM (%s) merged ORDER BY transaction_id, ordering LIMIT ?) e ON true"""
                .formatted(EventRow.COLUMNS, HORIZON, partitions - 1, branches);
    }

    private static Tail tail(ResultSet rows) throws SQLException {
        List<RecordedEvent> events = new ArrayList<>();
        long horizon = 0;
        long last = 0;
        while (rows.next()) {
            horizon = rows.getLong(1);
            last = rows.getLong(2);
            if (rows.getString(EventRow.FIRST_COLUMN) != null) {
                events.add(EventRow.read(rows));
            }
        }
        events.sort(Comparator.comparing(RecordedEvent::position));
        return new Tail(events, horizon, last);
    }

    /** Whether a partition has an event of one of these entity types after a position and up to a transaction id. */
    public boolean hasEventsBetween(int partition, Position after, long upToTransactionId, List<String> entityTypes) {
        return ask("""
                   SELECT EXISTS (SELECT FROM (SELECT FROM ritsem.event_journal
                     WHERE partition = ? AND (transaction_id, ordering) > (?::text::xid8, ?)
                       AND transaction_id <= ?::text::xid8 AND split_part(persistence_id, '|', 1) = ANY (?)
                     ORDER BY transaction_id, ordering LIMIT 1) AS first)""",
                statement -> {
                    statement.setInt(1, partition);
                    statement.setString(2, Long.toString(after.transactionId()));
                    statement.setLong(3, after.ordering());
                    statement.setString(4, Long.toString(upToTransactionId));
                    statement.setArray(5, array(statement, "text", entityTypes.toArray()));
                }, rows -> rows.next() && rows.getBoolean(1));
    }

    /** An entity's events with a sequence beyond {@code after} and up to {@code upTo}, in order, at most {@code limit}. */
    public List<RecordedEvent> events(EntityId entity, long after, long upTo, int limit) {
        return ask("SELECT 0, 0, " + EventRow.COLUMNS
                + """
                   FROM ritsem.event_journal e
                  WHERE persistence_id = ? AND sequence_number > ? AND sequence_number <= ?
                  ORDER BY sequence_number LIMIT ?""", statement -> {
                    statement.setString(1, entity.persistenceId());
                    statement.setLong(2, after);
                    statement.setLong(3, upTo);
                    statement.setInt(4, limit);
                }, rows -> {
                    List<RecordedEvent> events = new ArrayList<>();
                    while (rows.next()) {
                        events.add(EventRow.read(rows));
                    }
                    return events;
                });
    }

    /** The sequence of an entity's latest event, or 0. */
    long version(String persistenceId) {
        return ask("SELECT coalesce(max(sequence_number), 0) FROM ritsem.event_journal WHERE persistence_id = ?",
                statement -> statement.setString(1, persistenceId), JournalReader::number);
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
     * The keys that an entity has spent since a moment and up to a sequence, each with its first event's sequence, in
     * order. Without the replies, which are read when they are asked for again. Reads backwards, up to a page whose
     * events are all older, so it costs what was stored since then, not what the entity stored in its life; of events
     * that were stored out of the order of their times, because clocks differ, it may miss some at the edge.
     */
    public Map<Long, SpentKey> spentKeys(EntityId entity, Instant since, long upToSequence) {
        Map<Long, SpentKey> keys = new TreeMap<>();
        long page = upToSequence;
        while (page > 0 && addSpentKeys(entity, since, page, keys)) {
            page -= PAGE_OF_KEYS;
        }
        return keys;
    }

    /** Those of some keys that an entity has spent, whenever that was, each with its first event's sequence. */
    public Map<Long, SpentKey> spentKeys(EntityId entity, Set<String> keys) {
        return ask("""
                   SELECT sequence_number, command_key, command_fingerprint, command_events FROM ritsem.event_journal
                   WHERE persistence_id = ? AND command_key = ANY (?)""", statement -> {
            statement.setString(1, entity.persistenceId());
            statement.setArray(2, array(statement, "text", keys.toArray()));
        }, rows -> {
            Map<Long, SpentKey> spent = new TreeMap<>();
            while (rows.next()) {
                spent.put(rows.getLong(1), spentKey(rows));
            }
            return spent;
        });
    }

    /** Adds those of the page that ends at a sequence, and tells whether any event of it was stored since the moment. */
    private boolean addSpentKeys(EntityId entity, Instant since, long upTo, Map<Long, SpentKey> keys) {
        return ask("""
                   SELECT sequence_number, command_key, command_fingerprint, command_events FROM ritsem.event_journal
                   WHERE persistence_id = ? AND sequence_number > ? AND sequence_number <= ? AND event_time >= ?""",
                statement -> {
                    statement.setString(1, entity.persistenceId());
                    statement.setLong(2, upTo - PAGE_OF_KEYS);
                    statement.setLong(3, upTo);
                    statement.setObject(4, OffsetDateTime.ofInstant(since, ZoneOffset.UTC));
                }, rows -> {
                    boolean any = false;
                    while (rows.next()) {
                        any = true;
                        if (rows.getString(2) != null) {
                            keys.put(rows.getLong(1), spentKey(rows));
                        }
                    }
                    return any;
                });
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
                   CROSS JOIN LATERAL (SELECT ordering FROM ritsem.event_journal j WHERE j.partition = p.partition
                     ORDER BY transaction_id DESC, ordering DESC LIMIT 1) l""".formatted(info.partitions() - 1),
                _ -> {}, rows -> Math.max(0, number(rows) - after.ordering()));
    }

    /** Who holds the horizon back, if a transaction is writing: one that is old deserves a warning that names it. */
    public Optional<HorizonHolder> horizonHolder() {
        return ask("""
                   SELECT pid, application, database, (extract(epoch FROM clock_timestamp() - since) * 1000)::bigint
                   FROM (SELECT backend_xid AS xid, pid, application_name AS application, datname AS database,
                                coalesce(xact_start, clock_timestamp()) AS since
                         FROM pg_stat_activity WHERE backend_xid IS NOT NULL AND pid <> pg_backend_pid()
                         UNION ALL
                         SELECT transaction, 0, gid, database, prepared FROM pg_prepared_xacts) AS writing
                   ORDER BY age(xid) DESC LIMIT 1""", _ -> {}, rows -> rows.next()
                ? Optional.of(new HorizonHolder(rows.getInt(1), rows.getString(2), rows.getString(3),
                        Duration.ofMillis(rows.getLong(4))))
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
