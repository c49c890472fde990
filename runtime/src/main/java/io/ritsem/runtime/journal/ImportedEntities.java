package io.ritsem.runtime.journal;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import javax.sql.DataSource;

/** What the journal holds already of the entities that are imported, with one question for many. Thread-safe. */
final class ImportedEntities {

    private static final String VERSIONS = """
                                           SELECT p.id, coalesce((SELECT max(e.sequence_number) FROM ritsem.event_journal e
                                                                  WHERE e.persistence_id = p.id COLLATE "C"), 0)
                                           FROM unnest(?::text[]) AS p(id)""";

    /** Each is found by the primary key, whatever the planner believes of how many there are. */
    private static final String EVENTS = "SELECT " + EventRow.COLUMNS
            + """
               FROM unnest(?::text[], ?::bigint[]) AS p(id, sequence)
              CROSS JOIN LATERAL (SELECT * FROM ritsem.event_journal j
                WHERE j.persistence_id = p.id COLLATE "C" AND j.sequence_number = p.sequence LIMIT 1) e""";

    private final DataSource dataSource;

    ImportedEntities(DataSource dataSource) {
        this.dataSource = dataSource;
    }

    /** The sequence of the latest event of each, or 0. */
    Map<String, Long> versions(Set<String> persistenceIds) {
        try (Connection connection = dataSource.getConnection();
                PreparedStatement statement = connection.prepareStatement(VERSIONS)) {
            statement.setArray(1, connection.createArrayOf("text", persistenceIds.toArray()));
            Map<String, Long> versions = new HashMap<>();
            try (ResultSet rows = statement.executeQuery()) {
                while (rows.next()) {
                    versions.put(rows.getString(1), rows.getLong(2));
                }
            }
            return versions;
        } catch (SQLException failure) {
            throw new JournalUnreadableException(failure);
        }
    }

    /** Those that are stored where some events belong, in no order. */
    List<RecordedEvent> events(List<RecordedEvent> places) {
        if (places.isEmpty()) {
            return List.of();
        }
        try (Connection connection = dataSource.getConnection();
                PreparedStatement statement = connection.prepareStatement(EVENTS)) {
            statement.setArray(1, connection.createArrayOf("text",
                    places.stream().map(event -> event.entity().persistenceId()).toArray()));
            statement.setArray(2, connection.createArrayOf("bigint",
                    places.stream().map(RecordedEvent::sequence).toArray()));
            List<RecordedEvent> events = new ArrayList<>();
            try (ResultSet rows = statement.executeQuery()) {
                while (rows.next()) {
                    events.add(EventRow.read(rows, 1));
                }
            }
            return events;
        } catch (SQLException failure) {
            throw new JournalUnreadableException(failure);
        }
    }
}
