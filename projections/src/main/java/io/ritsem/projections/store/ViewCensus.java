package io.ritsem.projections.store;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import javax.sql.DataSource;

import org.jspecify.annotations.Nullable;

import io.ritsem.runtime.journal.Position;

/**
 * All generations of all views with their cursors, as the database has them: whoever follows them, of whichever version of
 * the application. Thread-safe.
 */
public final class ViewCensus {

    private static final String ALL = """
                                      SELECT g.view, g.generation, g.state, g.paused, coalesce(g.still_until > now(), false), g.switching, coalesce(g.rate, 0), g.revision,
                                             g.fingerprint, g.created_at, g.served_at,
                                             g.resumed,
                                             c.partition, c.transaction_id, c.ordering, c.events, c.node,
                                             c.owner IS NOT NULL AND c.lease_until > now(), c.trouble
                                        FROM ritsem.view_generation g
                                        JOIN ritsem.view_cursor c ON c.view = g.view AND c.generation = g.generation
                                       ORDER BY g.view, g.generation, c.partition
                                      """;

    private static final String DEAD_LETTERS = "SELECT view, generation, count(*) FROM ritsem.dead_letter GROUP BY view, generation";

    private final DataSource dataSource;

    public ViewCensus(DataSource dataSource) {
        this.dataSource = dataSource;
    }

    /**
     * A generation.
     *
     * @param fingerprint of the definition that it is of
     * @param servedAt when it served first, null if it has not
     */
    public record Counted(Generation generation, String fingerprint, Instant createdAt, @Nullable Instant servedAt,
            List<CountedCursor> cursors) {}

    /**
     * A cursor.
     *
     * @param partition its partition, or {@link ViewTable#ALL_PARTITIONS}
     * @param events how many events it has gone past
     * @param node the node that moves it, or moved it last; null if none ever has
     * @param owned whether that node shows signs of life
     * @param trouble what keeps it from being moved, null if nothing does
     */
    public record CountedCursor(int partition, Position position, long events, @Nullable String node, boolean owned,
            @Nullable String trouble) {}

    /** Looks. */
    public List<Counted> take() throws SQLException {
        Map<GenerationId, Counted> all = new LinkedHashMap<>();
        try (Connection connection = dataSource.getConnection();
                PreparedStatement select = connection.prepareStatement(ALL);
                ResultSet rows = select.executeQuery()) {
            while (rows.next()) {
                GenerationId id = new GenerationId(rows.getString(1), rows.getInt(2));
                @Nullable Counted known = all.get(id);
                if (known == null) {
                    known = counted(id, rows);
                    all.put(id, known);
                }
                known.cursors().add(cursor(rows));
            }
        }
        return List.copyOf(all.values());
    }

    /** How many events are parked of each generation; one that is missing has none. Reads them all: not for every second. */
    public Map<GenerationId, Long> deadLetters() throws SQLException {
        Map<GenerationId, Long> counts = new HashMap<>();
        try (Connection connection = dataSource.getConnection();
                PreparedStatement select = connection.prepareStatement(DEAD_LETTERS);
                ResultSet rows = select.executeQuery()) {
            while (rows.next()) {
                counts.put(new GenerationId(rows.getString(1), rows.getInt(2)), rows.getLong(3));
            }
        }
        return counts;
    }

    private static Counted counted(GenerationId id, ResultSet row) throws SQLException {
        Generation generation = new Generation(id, Generations.state(row.getString(3)), row.getBoolean(4),
                row.getBoolean(5), Generations.switching(row.getString(6)), row.getInt(7), row.getLong(8),
                row.getLong(12));
        @Nullable OffsetDateTime served = row.getObject(11, OffsetDateTime.class);
        return new Counted(generation, row.getString(9), row.getObject(10, OffsetDateTime.class).toInstant(),
                served == null ? null : served.toInstant(), new ArrayList<>());
    }

    private static CountedCursor cursor(ResultSet row) throws SQLException {
        return new CountedCursor(row.getInt(13), new Position(row.getLong(14), row.getLong(15)), row.getLong(16),
                row.getString(17), row.getBoolean(18), row.getString(19));
    }
}
