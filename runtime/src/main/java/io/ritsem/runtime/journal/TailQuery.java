package io.ritsem.runtime.journal;

import java.sql.Array;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import javax.sql.DataSource;

import io.ritsem.runtime.journal.JournalReader.Tail;

/** Reads the journal by position, up to the horizon, and no more at once than fits into memory. Thread-safe. */
final class TailQuery {

    /** The index (partition, transaction_id, ordering) gives these rows in their order. */
    private static final String BEYOND = """
                                         SELECT * FROM ritsem.event_journal j
                                         WHERE j.partition = %s AND (j.transaction_id, j.ordering) > (%s, %s)
                                           AND j.transaction_id < (SELECT horizon FROM h)
                                         ORDER BY j.transaction_id, j.ordering LIMIT ?""";

    private static final String PLACE = "transaction_id, ordering";

    /** The last event of each partition p. */
    static final String LAST = """
                               CROSS JOIN LATERAL (SELECT transaction_id, ordering FROM ritsem.event_journal j
                                 WHERE j.partition = p.partition ORDER BY transaction_id DESC, ordering DESC LIMIT 1) l""";

    /** The journal's end, and of events called e that are read with it. */
    private static final String READ = """
                                       WITH h AS MATERIALIZED (SELECT %s AS horizon, %s AS oldest,
                                         (SELECT l.transaction_id FROM generate_series(0, %%d) AS p(partition) %s ORDER BY l.transaction_id DESC LIMIT 1) AS last)
                                       SELECT h.horizon::text::bigint, h.last::text::bigint, h.oldest::text::bigint, pg_is_in_recovery(), %s FROM h LEFT JOIN LATERAL (%%s) e ON true"""
            .formatted(Horizon.ID, Horizon.OLDEST, LAST, EventRow.COLUMNS);

    private static final int FIRST_OF_EVENT = 5;

    private static final String OF_PARTITIONS = """
                                                SELECT j.* FROM unnest(?::smallint[], ?::text[]::xid8[], ?::bigint[]) AS p(partition, xid, ord)
                                                CROSS JOIN LATERAL (%s) j"""
            .formatted(EventRow.within(BEYOND.formatted("p.partition", "p.xid", "p.ord"), PLACE));

    private final DataSource dataSource;
    private final int partitions;
    private final Horizon horizon = new Horizon();
    private final String ofPartitions;
    private final String ofAll;

    TailQuery(DataSource dataSource, int partitions) {
        this.dataSource = dataSource;
        this.partitions = partitions;
        this.ofPartitions = READ.formatted(partitions - 1, OF_PARTITIONS);
        this.ofAll = READ.formatted(partitions - 1, ofAll(partitions));
    }

    /**
     * One ordered branch for each partition, which the server merges lazily, so that hardly more is read than the limit.
     * The limit inside the branches is what keeps it from reading all of the journal and sorting it.
     */
    private static String ofAll(int partitions) {
        String branches = IntStream.range(0, partitions)
                .mapToObj(partition -> "(" + BEYOND.formatted(partition, "?::text::xid8", "?") + ")")
                .collect(Collectors.joining(" UNION ALL "));
        return EventRow.within(
                "SELECT * FROM (%s) merged ORDER BY transaction_id, ordering LIMIT ?".formatted(branches), PLACE);
    }

    /** For each partition, the events after a position, at most {@code limit} of each. */
    Tail ofPartitions(Map<Integer, Position> after, int limit) {
        int bytes = EventRow.LARGEST_READ / Math.max(1, after.size());
        Tail read = belowHorizon(ofPartitions, statement -> {
            setPlaces(statement, 2, after);
            statement.setInt(5, limit);
            statement.setInt(6, bytes);
        });
        Map<Integer, Position> cuts = new HashMap<>();
        read.events().stream().collect(Collectors.groupingBy(RecordedEvent::partition)).forEach((partition, events) -> {
            if (EventRow.isFull(events, limit, bytes)) {
                cuts.put(partition, events.getLast().position());
            }
        });
        return new Tail(read.events(), read.horizon(), read.last(), cuts);
    }

    /** Three parameters from this one on: partitions, transactions, orderings. */
    static void setPlaces(PreparedStatement statement, int parameter, Map<Integer, Position> places)
            throws SQLException {
        List<Map.Entry<Integer, Position>> all = List.copyOf(places.entrySet());
        statement.setArray(parameter, array(statement, "smallint",
                all.stream().map(place -> place.getKey().shortValue()).toArray(Short[]::new)));
        statement.setArray(parameter + 1, array(statement, "text",
                all.stream().map(place -> Long.toString(place.getValue().transactionId())).toArray(String[]::new)));
        statement.setArray(parameter + 2, array(statement, "bigint",
                all.stream().map(place -> place.getValue().ordering()).toArray(Long[]::new)));
    }

    /** The merge of all partitions after a position, at most {@code limit}. */
    Tail ofAll(Position after, int limit) {
        Tail read = belowHorizon(ofAll, statement -> {
            int parameter = 1;
            for (int partition = 0; partition < partitions; partition++) {
                statement.setString(++parameter, Long.toString(after.transactionId()));
                statement.setLong(++parameter, after.ordering());
                statement.setInt(++parameter, limit);
            }
            statement.setInt(++parameter, limit);
            statement.setInt(++parameter, EventRow.LARGEST_READ);
        });
        Map<Integer, Position> cuts = new HashMap<>();
        if (EventRow.isFull(read.events(), limit, EventRow.LARGEST_READ)) {
            IntStream.range(0, partitions).forEach(each -> cuts.put(each, read.events().getLast().position()));
        }
        return new Tail(read.events(), read.horizon(), read.last(), cuts);
    }

    private interface Parameters {
        void set(PreparedStatement statement) throws SQLException;
    }

    /** @param parameters all but the first, which is who need not be waited for */
    private Tail belowHorizon(String sql, Parameters parameters) {
        try (Connection connection = dataSource.getConnection()) {
            String[] bystanders = horizon.bystanders(connection);
            try (PreparedStatement statement = connection.prepareStatement(sql)) {
                statement.setArray(1, array(statement, "text", bystanders));
                parameters.set(statement);
                try (ResultSet rows = statement.executeQuery()) {
                    return tail(rows);
                }
            }
        } catch (SQLException failure) {
            throw new JournalUnreadableException(failure);
        }
    }

    private Tail tail(ResultSet rows) throws SQLException {
        List<RecordedEvent> events = new ArrayList<>();
        long decided = 0;
        long last = 0;
        while (rows.next()) {
            if (rows.getBoolean(4)) {
                throw new SQLException("The server is a standby, where nobody can tell which transactions are open");
            }
            decided = rows.getLong(1);
            last = rows.getLong(2);
            horizon.saw(rows.getLong(3));
            if (rows.getString(FIRST_OF_EVENT) != null) {
                events.add(EventRow.read(rows, FIRST_OF_EVENT));
            }
        }
        events.sort(Comparator.comparing(RecordedEvent::position));
        return new Tail(events, decided, last, Map.of());
    }

    private static Array array(PreparedStatement statement, String type, Object[] values) throws SQLException {
        return statement.getConnection().createArrayOf(type, values);
    }
}
