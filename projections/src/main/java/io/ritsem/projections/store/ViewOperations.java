package io.ritsem.projections.store;

import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;
import javax.sql.DataSource;

import org.jspecify.annotations.Nullable;

import io.ritsem.projections.store.Generation.State;
import io.ritsem.projections.store.Generation.Switching;
import io.ritsem.runtime.json.JsonType;

/**
 * What operators may do with the generations of a view. Written to the database, so it holds for all nodes of this
 * version of the application and stays after a restart; nodes learn of it within a third of a lease. Every action is
 * audited in its own transaction. Thread-safe.
 */
public final class ViewOperations {

    private final DataSource dataSource;
    private final Generations generations;
    private final GenerationSwitch generationSwitch;

    public ViewOperations(DataSource dataSource, Generations generations, GenerationSwitch generationSwitch) {
        this.dataSource = dataSource;
        this.generations = generations;
        this.generationSwitch = generationSwitch;
    }

    /** An action does not fit how the view stands; the message says how it does. */
    public static final class ConflictException extends RuntimeException {

        private static final long serialVersionUID = 1L;

        public ConflictException(String message) {
            super(message);
        }
    }

    /** What is asked for, as the audit keeps it. */
    private record Details(int generation, @Nullable String given) {}

    private static final JsonType<Details> DETAILS = JsonType.of(Details.class);

    /** Lets all generations of a view stand still. */
    public void pause(ViewVersion view, String reason) throws SQLException {
        change(view, "paused = true", "pause", reason);
    }

    /** Lets a view go on that was paused, or that has stopped at what it could not apply. */
    public void resume(ViewVersion view, String reason) throws SQLException {
        change(view, "paused = false, resumed = resumed + 1", "resume", reason);
    }

    private void change(ViewVersion view, String change, String action, String reason) throws SQLException {
        locked(view, (connection, all) -> {
            for (Generation each : all) {
                update(connection, change, each.id());
            }
            audit(connection, action, all.getFirst().id(), reason, null);
            return all;
        });
    }

    /**
     * Begins to build a view anew beside the one that serves.
     *
     * @param manual whether it is to wait for {@link #order} when it is built
     * @param rate how many events a second at most; 0 for no limit
     * @return the generation
     * @throws ConflictException if one is being built already
     */
    public GenerationId rebuild(ViewVersion view, boolean manual, int rate, String reason) throws SQLException {
        return locked(view, (connection, all) -> {
            building(all).ifPresent(other -> {
                throw new ConflictException(
                        "Generation %d of the view '%s' is being built: wait for it, or cancel it first"
                                .formatted(other.id().generation(), view.view()));
            });
            Switching switching = manual ? Switching.MANUAL : Switching.AUTOMATIC;
            GenerationId next = generations.begin(connection, view, switching, rate).id();
            audit(connection, "rebuild", next, reason, "rate " + rate + ", " + Generations.stored(switching));
            return next;
        });
    }

    /**
     * Sets how fast the generation is built that is being built.
     *
     * @param rate how many events a second at most; 0 for no limit
     * @throws ConflictException if none is being built
     */
    public GenerationId throttle(ViewVersion view, int rate, String reason) throws SQLException {
        return locked(view, (connection, all) -> {
            GenerationId next = requireBuilding(view, all);
            update(connection, "rate = nullif(" + rate + ", 0)", next);
            audit(connection, "throttle", next, reason, "rate " + rate);
            return next;
        });
    }

    /**
     * Gives up the generation that is being built.
     *
     * @throws ConflictException if none is being built, or it is the only one
     */
    public GenerationId cancel(ViewVersion view, String reason) throws SQLException {
        return locked(view, (connection, all) -> {
            GenerationId next = requireBuilding(view, all);
            serving(view, all);
            Generations.drop(connection, next);
            audit(connection, "cancel", next, reason, null);
            return next;
        });
    }

    /**
     * Lets the generation that is being built serve as soon as it is built, whatever it was waiting for.
     *
     * @throws ConflictException if none is being built
     */
    public GenerationId order(ViewVersion view, String reason) throws SQLException {
        return locked(view, (connection, all) -> {
            GenerationId next = requireBuilding(view, all);
            update(connection, "switching = '" + Generations.stored(Switching.ORDERED) + "'", next);
            audit(connection, "switch", next, reason, null);
            return next;
        });
    }

    /**
     * Lets the generation that served before serve again.
     *
     * @return the generation that serves now, or empty if it has not seen yet all that the present one has: try again
     * @throws ConflictException if there is none any more, or it is paused before it has seen all
     */
    public Optional<GenerationId> rollBack(ViewVersion view, String reason) throws SQLException {
        return locked(view, (connection, all) -> {
            Generation previous = all.stream()
                    .filter(each -> each.state() == State.PREVIOUS)
                    .findFirst()
                    .orElseThrow(() -> new ConflictException(
                            "The view '%s' has no previous generation any more: rebuild it".formatted(view.view())));
            return switch (generationSwitch.rollBack(connection, serving(view, all).id())) {
                case SERVES -> {
                    audit(connection, "roll-back", previous.id(), reason, null);
                    yield Optional.of(previous.id());
                }
                case BEHIND, WAITS, GONE -> {
                    requireNotPaused(previous);
                    yield Optional.empty();
                }
            };
        });
    }

    private static void requireNotPaused(Generation behind) {
        if (behind.paused()) {
            throw new ConflictException(
                    "The previous generation of the view '%s' is paused before it has seen all that the serving one has: resume the view first"
                            .formatted(behind.id().view()));
        }
    }

    private interface Action<T> {
        T on(Connection connection, List<Generation> all) throws SQLException;
    }

    private <T> T locked(ViewVersion view, Action<T> action) throws SQLException {
        return Generations.locked(dataSource, view.view(),
                connection -> action.on(connection, generations.find(connection, List.of(view))));
    }

    private static Optional<Generation> building(List<Generation> all) {
        return all.stream().filter(each -> each.state() == State.BUILDING).findFirst();
    }

    private static GenerationId requireBuilding(ViewVersion view, List<Generation> all) {
        return building(all).map(Generation::id)
                .orElseThrow(() -> new ConflictException(
                        "No generation of the view '%s' is being built".formatted(view.view())));
    }

    private static Generation serving(ViewVersion view, List<Generation> all) {
        return all.stream()
                .filter(each -> each.state() == State.SERVING)
                .findFirst()
                .orElseThrow(() -> new ConflictException(
                        "The view '%s' is being built for the first time: nothing of it serves yet"
                                .formatted(view.view())));
    }

    private static void update(Connection connection, String change, GenerationId generation) throws SQLException {
        String sql = "UPDATE ritsem.view_generation SET " + change + " WHERE view = ? AND generation = ?";
        try (PreparedStatement update = connection.prepareStatement(sql)) {
            update.setString(1, generation.view());
            update.setInt(2, generation.generation());
            update.executeUpdate();
        }
    }

    private static void audit(Connection connection, String action, GenerationId generation, String reason,
            @Nullable String given) throws SQLException {
        byte[] details = DETAILS.encode(new Details(generation.generation(), given));
        AuditLog.write(connection, action, "view " + generation.view(), reason,
                new String(details, StandardCharsets.UTF_8));
    }
}
