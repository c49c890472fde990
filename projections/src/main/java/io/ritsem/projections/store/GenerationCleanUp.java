package io.ritsem.projections.store;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import javax.sql.DataSource;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Drops generations that nobody needs any more. Thread-safe, and safe with several nodes at once.
 */
public final class GenerationCleanUp {

    private static final Logger LOG = LoggerFactory.getLogger(GenerationCleanUp.class);

    private static final String USE = """
                                      UPDATE ritsem.view_generation g SET used_at = now()
                                        FROM unnest(?::text[], ?::int[]) AS known (view, generation)
                                       WHERE g.view = known.view AND g.generation = known.generation
                                         AND g.used_at < now() - least(interval '1 minute', ? * interval '1 millisecond')
                                      """;
    // What stands still has just been replaced: nodes may still answer from it.
    private static final String USELESS = """
                                          SELECT view, generation FROM ritsem.view_generation
                                           WHERE (state = 'previous' AND retired_at < now() - ? * interval '1 millisecond'
                                                  OR used_at < now() - ? * interval '1 millisecond')
                                             AND (still_until IS NULL OR still_until < now())
                                          """;

    // Leases are not renewed meanwhile, and whoever comes to the table waits behind.
    private static final String BRIEFLY = "SET LOCAL lock_timeout TO '100ms'";

    private final DataSource dataSource;
    private final GenerationSettings settings;

    public GenerationCleanUp(DataSource dataSource, GenerationSettings settings) {
        this.dataSource = dataSource;
        this.settings = settings;
    }

    /**
     * Drops what is useless now. What cannot be dropped is logged and left to the next time.
     *
     * @param known the generations that this node follows
     * @return what was dropped
     */
    public List<GenerationId> run(Collection<GenerationId> known) throws SQLException {
        List<GenerationId> dropped = new ArrayList<>();
        for (GenerationId candidate : candidates(known)) {
            try {
                if (drop(candidate)) {
                    dropped.add(candidate);
                }
            } catch (SQLException e) {
                LOG.warn("The view {} is not needed any more, but cannot be dropped, trying again later: {}", candidate,
                        e.toString());
            }
        }
        return dropped;
    }

    private boolean drop(GenerationId candidate) throws SQLException {
        return Generations.locked(dataSource, candidate.view(), connection -> {
            if (!useless(connection).contains(candidate)) {
                return false; // somebody has come back to it
            }
            try (Statement settings = connection.createStatement()) {
                settings.execute(BRIEFLY);
            }
            Generations.drop(connection, candidate);
            return true;
        });
    }

    private List<GenerationId> candidates(Collection<GenerationId> known) throws SQLException {
        try (Connection connection = dataSource.getConnection();
                PreparedStatement use = connection.prepareStatement(USE)) {
            use.setArray(1, connection.createArrayOf("text", known.stream().map(GenerationId::view).toArray()));
            use.setArray(2, connection.createArrayOf("int4", known.stream().map(GenerationId::generation).toArray()));
            use.setLong(3, settings.keepUnused().toMillis() / 2);
            use.executeUpdate();
            return useless(connection);
        }
    }

    private List<GenerationId> useless(Connection connection) throws SQLException {
        try (PreparedStatement select = connection.prepareStatement(USELESS)) {
            select.setLong(1, settings.keepPrevious().toMillis());
            select.setLong(2, settings.keepUnused().toMillis());
            List<GenerationId> useless = new ArrayList<>();
            try (ResultSet found = select.executeQuery()) {
                while (found.next()) {
                    useless.add(new GenerationId(found.getString(1), found.getInt(2)));
                }
            }
            return useless;
        }
    }
}
