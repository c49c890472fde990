package io.ritsem.projections.engine;

import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;

import akka.Done;
import akka.stream.Materializer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import io.ritsem.domain.ViewDefinition;
import io.ritsem.projections.store.Generation;
import io.ritsem.projections.store.GenerationId;
import io.ritsem.projections.store.Generations;
import io.ritsem.projections.store.ViewOperations.ConflictException;
import io.ritsem.projections.store.ViewTable;
import io.ritsem.projections.store.ViewVersion;
import io.ritsem.runtime.journal.JournalBacklog.Backlog;

import static java.util.stream.Collectors.joining;

/**
 * Follows all generations of the views that this node knows, as they come, change and go: three times in the time of a
 * lease, and sooner when something has changed here, it looks which there are, lets each be followed, and keeps the leases.
 * Thread-safe; rounds run on a thread of their own, one at a time.
 */
public final class ViewHost implements ServedViews {

    private static final Logger LOG = LoggerFactory.getLogger(ViewHost.class);
    private static final Duration BETWEEN_CLEAN_UPS = Duration.ofSeconds(20);
    /** Of a lease: between two rounds of a node that waits for others to give up its share. */
    private static final int HURRIED_ROUNDS = 15;
    private static final Duration TO_STOP = Duration.ofSeconds(5);

    private final Generations generations;
    private final Map<String, ViewVersion> versions = new LinkedHashMap<>();
    private final EngineParts parts;
    private final Materializer materializer;
    private final Map<GenerationId, ViewProjection> followed = new ConcurrentHashMap<>();
    private final Set<String> readable = new HashSet<>(); // these six: one round at a time
    private long cleanUpAt = System.nanoTime();
    private Duration lease = Duration.ZERO;
    private long hurryUntil;
    private boolean hurrying;
    private int held;
    private final CompletableFuture<Done> ready = new CompletableFuture<>();
    private final AtomicBoolean due = new AtomicBoolean();
    private final ScheduledExecutorService clock = Executors
            .newSingleThreadScheduledExecutor(Thread.ofPlatform().name("ritsem-views").daemon().factory());

    public ViewHost(Generations generations, Collection<ViewVersion> versions, EngineParts parts,
            Materializer materializer) {
        this.generations = generations;
        versions.forEach(version -> this.versions.put(version.view(), version));
        this.parts = parts;
        this.materializer = materializer;
    }

    /** Has the first round, then goes on by itself. Each view must have a generation. */
    public void start(Duration leaseTime) throws SQLException {
        lease = leaseTime;
        hurryUntil = System.nanoTime() + lease.toNanos();
        parts.leases().begin();
        round();
        long every = lease.toMillis() / 3;
        var _ = clock.scheduleWithFixedDelay(this::tryRound, every, every, TimeUnit.MILLISECONDS);
        refresh();
    }

    /** Has another round soon: something has changed. */
    public void refresh() {
        if (!due.getAndSet(true)) {
            try {
                clock.execute(this::tryRound);
            } catch (RejectedExecutionException _) {
                LOG.debug("No more rounds: the node stops");
            }
        }
    }

    private void tryRound() {
        try {
            round();
        } catch (SQLException | RuntimeException e) {
            LOG.warn("The leases of the views could not be looked after, trying again: {}", e.toString());
        }
        hurry();
    }

    /** Who has just come, or come back, finds its share with others, who give it up with their next round. */
    private void hurry() {
        int now = parts.leases().count();
        if (now < held) {
            hurryUntil = System.nanoTime() + lease.toNanos();
        }
        held = now;
        if (!hurrying && System.nanoTime() - hurryUntil < 0 && !clock.isShutdown()) {
            hurrying = true;
            var _ = clock.schedule(() -> {
                hurrying = false;
                tryRound();
            }, lease.toMillis() / HURRIED_ROUNDS, TimeUnit.MILLISECONDS);
        }
    }

    private void round() throws SQLException {
        due.set(false);
        Map<GenerationId, Generation> present = new LinkedHashMap<>();
        generations.find(List.copyOf(versions.values())).forEach(each -> present.put(each.id(), each));
        Map<GenerationId, ViewVersion> known = new HashMap<>();
        present.keySet().forEach(id -> known.put(id, version(id.view())));
        parts.leases().keep(known);
        followed.keySet().stream().filter(id -> !present.containsKey(id)).toList().forEach(this::end);
        present.values().forEach(this::follow);
        announce();
        if (System.nanoTime() - cleanUpAt >= 0) {
            cleanUpAt = System.nanoTime() + BETWEEN_CLEAN_UPS.toNanos();
            parts.cleanUp()
                    .run(known.keySet())
                    .forEach(gone -> LOG.info("Dropped {}: it is not needed any more", gone));
        }
    }

    /** A view as this version of the application defines it. */
    ViewVersion version(String view) {
        return Objects.requireNonNull(versions.get(view), view);
    }

    private void end(GenerationId gone) {
        ViewProjection ending = followed.remove(gone);
        if (ending != null) {
            var _ = ending.close();
            LOG.info("The view {} is gone", gone);
        }
    }

    private void follow(Generation generation) {
        followed.computeIfAbsent(generation.id(), id -> {
            ViewTable<?> table = ViewTable.of(version(id.view()).definition(), id.generation());
            return new ViewProjection(table, generation, parts, materializer, this::refresh);
        }).update(generation);
    }

    /** A view that was readable once stays so. */
    private void announce() {
        if (ready.isDone()) {
            return;
        }
        followed.values()
                .stream()
                .filter(each -> each.generation().state() == Generation.State.SERVING || each.stopped())
                .forEach(each -> readable.add(each.table().view()));
        if (readable.containsAll(versions.keySet())) {
            ready.complete(Done.getInstance());
        }
    }

    /** Completes when every view may be read, or has stopped before that. */
    public CompletionStage<Done> ready() {
        return ready.minimalCompletionStage();
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

    /** The entity types that a view follows, as this version of the application defines it; none if it does not. */
    List<String> follows(String view) {
        ViewVersion version = versions.get(view);
        return version == null ? List.of() : List.copyOf(version.definition().follows().keySet());
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

    /** Tells all views that these events are on their way, so that their lag is not zero meanwhile. */
    public void notice(Slice slice) {
        followed.values().forEach(view -> view.notice(slice));
    }

    /** Gives all views these events. */
    public void offer(Slice slice) {
        followed.values().forEach(view -> view.offer(slice));
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

    /** The tables of all generations that this node follows at the moment. */
    public List<ViewTable<?>> tables() {
        return followed.values().stream().<ViewTable<?>>map(ViewProjection::table).toList();
    }

    /** How all generations are doing on this node. */
    public List<ViewStatus> status() {
        return followed.values().stream().map(ViewProjection::status).toList();
    }

    /** No more rounds; lets the views finish what is begun. */
    public List<CompletionStage<Done>> stop() {
        clock.shutdown();
        try {
            if (!clock.awaitTermination(TO_STOP.toMillis(), TimeUnit.MILLISECONDS)) {
                LOG.warn("A renewal of leases is still running after {}", TO_STOP);
            }
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
        List<CompletionStage<Done>> ends = new ArrayList<>();
        followed.values().forEach(view -> ends.add(view.close()));
        return ends;
    }
}
