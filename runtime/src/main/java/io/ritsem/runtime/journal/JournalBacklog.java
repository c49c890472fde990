package io.ritsem.runtime.journal;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import javax.sql.DataSource;

import org.jspecify.annotations.Nullable;

/**
 * What lies in the journal beyond a place, up to its real end: also what no reader may see yet. For whoever wants to know
 * how far a reader is behind, and does not take the reader's word. Blocking; thread-safe.
 */
public final class JournalBacklog {

    /** How many events are counted beyond one place at most. */
    public static final int COUNTED = 1_000;

    private static final String BEYOND = """
                                         WITH h AS MATERIALIZED (SELECT %s AS horizon, %s AS oldest)
                                         SELECT p.number, h.oldest::text::bigint, b.events, b.transaction_id, b.ordering, b.event_time,
                                                b.transaction_id >= h.horizon::text::bigint
                                           FROM h, unnest(?::int[], ?::smallint[], ?::text[]::xid8[], ?::bigint[], ?::text[])
                                                   AS p(number, partition, xid, ord, types)
                                           LEFT JOIN LATERAL (
                                             SELECT count(*) OVER () AS events, transaction_id::text::bigint AS transaction_id, ordering, event_time
                                               FROM (SELECT j.transaction_id, j.ordering, j.event_time, j.persistence_id FROM ritsem.event_journal j
                                                      WHERE j.partition = p.partition AND (j.transaction_id, j.ordering) > (p.xid, p.ord)
                                                      ORDER BY j.transaction_id, j.ordering LIMIT %d) beyond
                                              WHERE p.types IS NULL OR split_part(persistence_id, '|', 1) = ANY (string_to_array(p.types, ' '))
                                              ORDER BY beyond.transaction_id, beyond.ordering LIMIT 1) b ON true
                                          ORDER BY p.number"""
            .formatted(Horizon.ID, Horizon.OLDEST, COUNTED);

    private final DataSource dataSource;
    private final Horizon horizon = new Horizon();

    public JournalBacklog(DataSource dataSource) {
        this.dataSource = dataSource;
    }

    /** A place in a partition, and the entity types whose events beyond it count: null for all. */
    public record Place(int partition, Position position, @Nullable List<String> types) {}

    /**
     * What lies beyond a place.
     *
     * @param events how many, of the next {@link #COUNTED} of all types at most
     * @param first where the first of them stands
     * @param since when it was recorded
     * @param hidden whether it is above the horizon, so that no reader may see it yet
     */
    public record Backlog(int events, Position first, Instant since, boolean hidden) {}

    /**
     * For each place what lies beyond it, empty if nothing does, in the same order.
     *
     * @throws JournalUnreadableException if the database does not answer
     */
    public List<Optional<Backlog>> beyond(List<Place> places) {
        try (Connection connection = dataSource.getConnection()) {
            String[] bystanders = horizon.bystanders(connection);
            try (PreparedStatement statement = connection.prepareStatement(BEYOND)) {
                statement.setArray(1, connection.createArrayOf("text", bystanders));
                set(connection, statement, places);
                try (ResultSet rows = statement.executeQuery()) {
                    return read(rows);
                }
            }
        } catch (SQLException failure) {
            throw new JournalUnreadableException(failure);
        }
    }

    private static void set(Connection connection, PreparedStatement statement, List<Place> places)
            throws SQLException {
        int size = places.size();
        Integer[] numbers = new Integer[size];
        Short[] partitions = new Short[size];
        String[] transactions = new String[size];
        Long[] orderings = new Long[size];
        @Nullable String[] types = new @Nullable String[size];
        for (int i = 0; i < size; i++) {
            Place place = places.get(i);
            numbers[i] = i;
            partitions[i] = (short) place.partition();
            transactions[i] = Long.toString(place.position().transactionId());
            orderings[i] = place.position().ordering();
            types[i] = place.types() == null ? null : String.join(" ", place.types());
        }
        statement.setArray(2, connection.createArrayOf("int4", numbers));
        statement.setArray(3, connection.createArrayOf("smallint", partitions));
        statement.setArray(4, connection.createArrayOf("text", transactions));
        statement.setArray(5, connection.createArrayOf("bigint", orderings));
        statement.setArray(6, connection.createArrayOf("text", types));
    }

    private List<Optional<Backlog>> read(ResultSet rows) throws SQLException {
        List<Optional<Backlog>> backlogs = new ArrayList<>();
        while (rows.next()) {
            horizon.saw(rows.getLong(2));
            int events = rows.getInt(3);
            backlogs.add(events == 0 ? Optional.empty()
                    : Optional.of(new Backlog(events, new Position(rows.getLong(4), rows.getLong(5)),
                            rows.getObject(6, OffsetDateTime.class).toInstant(), rows.getBoolean(7))));
        }
        return backlogs;
    }
}
