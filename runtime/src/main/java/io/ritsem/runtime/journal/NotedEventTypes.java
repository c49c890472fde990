package io.ritsem.runtime.journal;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Notes down which versions of which events are about to be stored, in a transaction of its own, so that the table never
 * lacks what the journal holds; asks its memory first, so it costs nothing once all have been seen. Not thread-safe: each
 * writer has its own.
 */
final class NotedEventTypes {

    private static final String NOTE = """
                                       INSERT INTO ritsem.event_type (entity_type, event, version) VALUES (?, ?, ?)
                                       ON CONFLICT DO NOTHING""";

    private final Set<EventManifest> noted = new HashSet<>();

    /** @param connection one that commits each statement */
    void note(Connection connection, List<EventManifest> manifests) throws SQLException {
        for (EventManifest manifest : manifests) {
            if (!noted.contains(manifest)) {
                note(connection, manifest);
                noted.add(manifest);
            }
        }
    }

    private static void note(Connection connection, EventManifest manifest) throws SQLException {
        try (PreparedStatement insert = connection.prepareStatement(NOTE)) {
            insert.setString(1, manifest.entityType());
            insert.setString(2, manifest.event());
            insert.setInt(3, manifest.version());
            insert.executeUpdate();
        }
    }
}
