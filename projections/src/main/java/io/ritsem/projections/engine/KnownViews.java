package io.ritsem.projections.engine;

import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;

import org.jspecify.annotations.Nullable;

import io.ritsem.domain.ViewDefinition;
import io.ritsem.projections.store.Generation;
import io.ritsem.projections.store.GenerationId;
import io.ritsem.projections.store.ViewOperations.ConflictException;
import io.ritsem.projections.store.ViewTable;
import io.ritsem.projections.store.ViewVersion;
import io.ritsem.runtime.journal.JournalBacklog.Backlog;

import static java.util.stream.Collectors.joining;

/**
 * The views of this version of the application, and which generations of them this node follows, as of its host's last
 * round. Thread-safe.
 */
public final class KnownViews implements ServedViews {

    private final Map<String, ViewVersion> versions = new LinkedHashMap<>();
    private final Map<GenerationId, ViewProjection> followed = new ConcurrentHashMap<>();

    KnownViews(Collection<ViewVersion> versions) {
        versions.forEach(version -> this.versions.put(version.view(), version));
    }

    /** The host adds to it and takes from it. */
    Map<GenerationId, ViewProjection> followed() {
        return followed;
    }

    /** All views, as this version of the application defines them. */
    List<ViewVersion> versions() {
        return List.copyOf(versions.values());
    }

    /** A view as this version of the application defines it. */
    ViewVersion version(String view) {
        return Objects.requireNonNull(versions.get(view), view);
    }

    /**
     * The generation of a view that is in the first of these states in which one is.
     *
     * @throws ConflictException if none is
     */
    GenerationId find(String view, Generation.State... states) {
        return Stream.of(states)
                .flatMap(state -> followed.keySet().stream().filter(id -> id.view().equals(view) && isIn(id, state)))
                .findFirst()
                .orElseThrow(() -> new ConflictException("The view '%s' has no generation that is %s".formatted(view,
                        Stream.of(states)
                                .map(state -> state.name().toLowerCase(Locale.ROOT))
                                .collect(joining(" or ")))));
    }

    /** Whether this version of the application defines a view so. */
    boolean knows(String view, String fingerprint) {
        ViewVersion version = versions.get(view);
        return version != null && version.fingerprint().equals(fingerprint);
    }

    /** The entity types that a view follows, as this version of the application defines it; null if it does not. */
    @Nullable List<String> follows(String view) {
        ViewVersion version = versions.get(view);
        return version == null ? null : List.copyOf(version.definition().follows().keySet());
    }

    /** What somebody else than the tail has found that a generation lacks, by partition of the journal. */
    void observed(GenerationId generation, Map<Integer, Backlog> backlogs) {
        ViewProjection projection = followed.get(generation);
        if (projection != null) {
            projection.progress().observed(backlogs);
        }
    }

    /** Whether this node knows a generation to be in a state. */
    boolean isIn(GenerationId generation, Generation.State state) {
        ViewProjection projection = followed.get(generation);
        return projection != null && projection.generation().state() == state;
    }

    @Override public Collection<ViewDefinition<?>> definitions() {
        return versions.values().stream().<ViewDefinition<?>>map(ViewVersion::definition).toList();
    }

    @Override public Optional<ServedGeneration> served(String view) {
        return followed.values()
                .stream()
                .filter(each -> each.table().view().equals(view)
                        && each.generation().state() != Generation.State.BUILDING)
                .min(Comparator.comparing(each -> each.generation().state()))
                .map(each -> new ServedGeneration(each.table(), each.progress(), each.generation().revision()));
    }

    @Override public boolean cannotBeBuilt(String view) {
        return followed.values()
                .stream()
                .anyMatch(each -> each.table().view().equals(view) && each.stopped() && served(view).isEmpty());
    }

    /** The tables of all generations that this node follows at the moment. */
    public List<ViewTable<?>> tables() {
        return followed.values().stream().<ViewTable<?>>map(ViewProjection::table).toList();
    }

    /** How all generations are doing on this node. */
    public List<ViewStatus> status() {
        return followed.values().stream().map(ViewProjection::status).toList();
    }
}
