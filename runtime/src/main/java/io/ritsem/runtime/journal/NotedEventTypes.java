package io.ritsem.runtime.journal;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Notes down which versions of which events are about to be stored, in a transaction of its own, so that the table never
 * lacks what the journal holds, and refuses what a node at work could not read; asks its memory first, so it costs nothing
 * once all have been seen. Not thread-safe: each writer has its own.
 */
final class NotedEventTypes {

    private static final Logger LOG = LoggerFactory.getLogger(NotedEventTypes.class);

    /**
     * Without effect as long as a node is at work that hosts the entity type and could not read this version. One counts
     * as at work for 60 s after it was seen, so that an outage of the database, in which nobody can be seen, does not let
     * a newer node store what an older one cannot read. The price: after an older node was killed, new versions are
     * refused for up to 60 s. One that stops in good order takes its row away.
     */
    private static final String NOTE = """
                                       INSERT INTO ritsem.event_type (entity_type, event, version)
                                       SELECT ?, ?, ? WHERE NOT EXISTS (
                                         SELECT FROM ritsem.node
                                         WHERE seen > now() - interval '60 s' AND NOT ? = ANY (reads)
                                           AND EXISTS (SELECT FROM unnest(reads) read WHERE split_part(read, '.', 1) = ?))
                                       ON CONFLICT DO NOTHING""";

    private static final String IS_NOTED = """
                                           SELECT FROM ritsem.event_type
                                           WHERE entity_type = ? AND event = ? AND version = ?""";

    private final Set<EventManifest> noted = new HashSet<>();
    private final Set<EventManifest> refused = new HashSet<>();

    /**
     * @param connection one that commits each statement
     * @throws NotReadableByAll if a node at work hosts the entity type and could not read one of them
     */
    void note(Connection connection, List<EventManifest> manifests) throws SQLException {
        for (EventManifest manifest : manifests) {
            if (!noted.contains(manifest)) {
                note(connection, manifest);
                noted.add(manifest);
            }
        }
    }

    private void note(Connection connection, EventManifest manifest) throws SQLException {
        try (PreparedStatement insert = connection.prepareStatement(NOTE)) {
            name(insert, manifest);
            insert.setString(4, manifest.toString());
            insert.setString(5, manifest.entityType());
            if (insert.executeUpdate() == 0 && !isNoted(connection, manifest)) {
                NotReadableByAll refusal = new NotReadableByAll(manifest);
                if (refused.add(manifest)) {
                    LOG.warn(refusal.getMessage());
                }
                throw refusal;
            }
        }
    }

    private static boolean isNoted(Connection connection, EventManifest manifest) throws SQLException {
        try (PreparedStatement query = connection.prepareStatement(IS_NOTED)) {
            name(query, manifest);
            try (ResultSet row = query.executeQuery()) {
                return row.next();
            }
        }
    }

    private static void name(PreparedStatement statement, EventManifest manifest) throws SQLException {
        statement.setString(1, manifest.entityType());
        statement.setString(2, manifest.event());
        statement.setInt(3, manifest.version());
    }

    /** A node is at work that could not read it: a release that can has to replace it first. */
    static final class NotReadableByAll extends SQLException {
        private static final long serialVersionUID = 1L;

        private NotReadableByAll(EventManifest manifest) {
            super("Nodes are at work that cannot read %s (SELECT process FROM ritsem.node tells which): it is stored once a "
                    .formatted(manifest) + "release that reads it has replaced them");
        }
    }
}
