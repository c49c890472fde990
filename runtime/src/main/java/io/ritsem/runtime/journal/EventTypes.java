package io.ritsem.runtime.journal;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import io.ritsem.runtime.application.ApplicationModel;
import io.ritsem.runtime.application.EntityModel;

import static java.util.stream.Collectors.joining;
import static java.util.stream.Collectors.toCollection;

/**
 * Which versions of which events the journal holds, compared with what an application can read before its node begins to
 * work. Confined to the thread that starts a node.
 */
public final class EventTypes {

    private static final Logger LOG = LoggerFactory.getLogger(EventTypes.class);

    /** So long a node that will not start may count what it cannot read. */
    private static final Duration TO_COUNT = Duration.ofSeconds(60);

    private static final String COUNT_UNKNOWN = "57014";

    private final Database database;

    private record Stored(EventManifest manifest, Instant since) {

        String entityType() {
            return manifest.entityType();
        }

        boolean isReadableBy(ApplicationModel application) {
            @Nullable EntityModel<?, ?, ?> model = application.entity(entityType());
            return model == null
                    ? application.retired().contains(entityType())
                    : model.reads(manifest.event(), manifest.version());
        }

        boolean cameAfter(@Nullable Instant moment) {
            return moment != null && moment.isBefore(since);
        }
    }

    public EventTypes(Database database) {
        this.database = database;
    }

    /**
     * Makes sure that an application can read everything in the journal that it may have to, and notes down that it serves
     * it. What it need not read are events of an entity type that it calls retired, and of one that it does not host if
     * the first of them came after a release with the same entity types had served the journal: then a newer release has
     * brought it, and nodes of the older one may start again while it takes over.
     *
     * @throws SchemaException if it cannot; it names each version with how many events there are, and what would be right
     * @throws DatabaseUnreachableException if the database does not answer
     */
    public void requireReadable(ApplicationModel application) {
        try (Connection connection = database.patientConnection(TO_COUNT)) {
            Set<String> hosted = new TreeSet<>(application.entities().keySet());
            @Nullable Instant served = servedSince(connection, hosted);
            List<Stored> unreadable = stored(connection);
            unreadable.removeIf(stored -> stored.isReadableBy(application));
            Set<String> newer = new TreeSet<>();
            unreadable.removeIf(stored -> !hosted.contains(stored.entityType()) && stored.cameAfter(served)
                    && newer.add(stored.manifest().toString()));
            refuse(connection, hosted, unreadable);
            if (!newer.isEmpty()) {
                LOG.warn(
                        "The journal holds {}, of entity types that a newer release has brought: they are not served here",
                        newer);
            }
            if (served == null) {
                noteRelease(connection, hosted);
            }
        } catch (SQLException failure) {
            throw new DatabaseUnreachableException("The database did not answer: " + Database.oneLine(failure),
                    failure);
        }
    }

    private static List<Stored> stored(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery("""
                                                        SELECT entity_type, event, version, since FROM ritsem.event_type
                                                        ORDER BY entity_type, event, version""")) {
            List<Stored> stored = new ArrayList<>();
            while (rows.next()) {
                stored.add(new Stored(new EventManifest(rows.getString(1), rows.getString(2), rows.getInt(3)),
                        rows.getObject(4, OffsetDateTime.class).toInstant()));
            }
            return stored;
        }
    }

    // ---- releases ------------------------------------------------------------------------------------------------

    private static @Nullable Instant servedSince(Connection connection, Set<String> hosted) throws SQLException {
        try (PreparedStatement query = connection
                .prepareStatement("SELECT min(since) FROM ritsem.release WHERE entity_types = ?")) {
            query.setArray(1, connection.createArrayOf("text", hosted.toArray()));
            try (ResultSet row = query.executeQuery()) {
                row.next();
                @Nullable OffsetDateTime since = row.getObject(1, OffsetDateTime.class);
                return since == null ? null : since.toInstant();
            }
        }
    }

    private static void noteRelease(Connection connection, Set<String> hosted) throws SQLException {
        try (PreparedStatement insert = connection
                .prepareStatement("INSERT INTO ritsem.release (entity_types) VALUES (?)")) {
            insert.setArray(1, connection.createArrayOf("text", hosted.toArray()));
            insert.executeUpdate();
        }
    }

    // ---- refusal -------------------------------------------------------------------------------------------------

    private static void refuse(Connection connection, Set<String> hosted, List<Stored> unreadable)
            throws SQLException {
        if (unreadable.isEmpty()) {
            return;
        }
        @Nullable Map<String, Long> counts = count(connection, unreadable);
        // what was noted down and then could not be stored is not there
        List<Stored> there = unreadable.stream()
                .filter(stored -> counts == null || counts.containsKey(stored.manifest().toString()))
                .toList();
        if (!there.isEmpty()) {
            throw new SchemaException("The journal holds events that this application cannot read: %s: %s".formatted(
                    there.stream().map(stored -> named(stored, counts)).collect(joining(", ")),
                    remedy(hosted, there)));
        }
    }

    private static String named(Stored stored, @Nullable Map<String, Long> counts) {
        String manifest = stored.manifest().toString();
        long count = counts == null ? 0 : counts.getOrDefault(manifest, 0L);
        String events = counts == null
                ? "more events than can be counted in " + TO_COUNT.toSeconds() + " s"
                : count == 1 ? "1 event" : count + " events";
        return "%s (%s, since %s)".formatted(manifest, events, stored.since());
    }

    private static String remedy(Set<String> hosted, List<Stored> there) {
        Set<String> missing = there.stream().map(Stored::entityType).collect(toCollection(TreeSet::new));
        boolean known = missing.removeAll(hosted);
        List<String> remedies = new ArrayList<>();
        if (known) {
            remedies.add("write an upcaster from each version that is older than this release, and start the newer "
                    + "release for each that is newer");
        }
        if (!missing.isEmpty()) {
            remedies.add("define the entity types " + missing
                    + ", or say app.retired(\"...\") of each that is no more");
        }
        return String.join("; ", remedies);
    }

    /** How many there are by manifest, or null if that takes too long. */
    private static @Nullable Map<String, Long> count(Connection connection, List<Stored> unreadable)
            throws SQLException {
        try (PreparedStatement query = connection
                .prepareStatement("""
                                  SELECT event_ser_manifest, count(*) FROM ritsem.event_journal
                                  WHERE event_ser_manifest = ANY (?)
                                  GROUP BY event_ser_manifest""")) {
            query.setArray(1, connection.createArrayOf("text",
                    unreadable.stream().map(stored -> stored.manifest().toString()).toArray()));
            Map<String, Long> counts = new HashMap<>();
            try (ResultSet rows = query.executeQuery()) {
                while (rows.next()) {
                    counts.put(rows.getString(1), rows.getLong(2));
                }
            }
            return counts;
        } catch (SQLException failure) {
            if (COUNT_UNKNOWN.equals(failure.getSQLState())) {
                return null;
            }
            throw failure;
        }
    }
}
