package io.ritsem.projections.engine;

import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;

import akka.Done;
import akka.stream.Materializer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import io.ritsem.projections.store.Generation;
import io.ritsem.projections.store.GenerationId;
import io.ritsem.projections.store.Generations;
import io.ritsem.projections.store.ViewTable;
import io.ritsem.projections.store.ViewVersion;

/**
 * Follows all generations of the views that this node knows, as they come, change and go: three times in the time of a
 * lease, and sooner when something has changed here, it looks which there are, lets each be followed, and keeps the leases.
 * Thread-safe; rounds run on a thread of their own, one at a time.
 */
public final class ViewHost {

    private static final Logger LOG = LoggerFactory.getLogger(ViewHost.class);
    private static final Duration BETWEEN_CLEAN_UPS = Duration.ofSeconds(20);
    /** Of a lease: between two rounds of a node that waits for others to give up its share. */
    private static final int HURRIED_ROUNDS = 15;
    private static final Duration TO_STOP = Duration.ofSeconds(5);

    private final Generations generations;
    private final KnownViews views;
    private final EngineParts parts;
    private final Materializer materializer;
    private final Set<String> readable = new HashSet<>(); // these seven: one round at a time
    private final Set<String> leftToOthers = new HashSet<>();
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
        this.views = new KnownViews(versions);
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
            doubt();
        } catch (Error e) { // the clock would end without a word
            LOG.error("An error has kept the leases of the views from being looked after, trying again", e);
            doubt();
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
        generations.find(views.versions()).forEach(each -> present.put(each.id(), each));
        Map<GenerationId, ViewVersion> known = new HashMap<>();
        present.keySet().forEach(id -> known.put(id, views.version(id.view())));
        parts.leases().keep(known);
        views.followed().keySet().stream().filter(id -> !present.containsKey(id)).toList().forEach(this::end);
        present.values().forEach(this::follow);
        announce();
        cleanUp(known.keySet());
    }

    private void cleanUp(Set<GenerationId> known) {
        if (System.nanoTime() - cleanUpAt < 0) {
            return;
        }
        cleanUpAt = System.nanoTime() + BETWEEN_CLEAN_UPS.toNanos();
        try {
            parts.cleanUp().run(known).forEach(gone -> LOG.info("Dropped {}: it is not needed any more", gone));
        } catch (SQLException e) {
            LOG.warn("Generations that nobody needs could not be looked for, trying again in {}: {}",
                    BETWEEN_CLEAN_UPS, e.toString());
        }
    }

    private void end(GenerationId gone) {
        ViewProjection ending = views.followed().remove(gone);
        if (ending != null) {
            var _ = ending.close();
            LOG.info("The view {} is gone", gone);
        }
    }

    private void follow(Generation generation) {
        views.followed().computeIfAbsent(generation.id(), id -> {
            ViewTable<?> table = ViewTable.of(views.version(id.view()).definition(), id.generation());
            return new ViewProjection(table, generation, parts, materializer, this::refresh);
        }).update(generation);
    }

    /**
     * A view that was readable once stays so. One that cannot be built keeps the node from being ready only as long as it
     * would take the place of nodes that serve it.
     */
    private void announce() throws SQLException {
        if (ready.isDone()) {
            return;
        }
        for (ViewProjection each : views.followed().values()) {
            String view = each.table().view();
            if (each.generation().state() == Generation.State.SERVING
                    || (each.stopped() && !readable.contains(view) && !isLeftToOthers(view))) {
                readable.add(view);
            }
        }
        if (views.versions().stream().allMatch(version -> readable.contains(version.view()))) {
            ready.complete(Done.getInstance());
        }
    }

    private boolean isLeftToOthers(String view) throws SQLException {
        if (!generations.isServedByOthers(views.version(view))) {
            return false;
        }
        if (leftToOthers.add(view)) {
            LOG.error(
                    "The view '{}' cannot be built, and nodes of another version of the application serve it: this node "
                            + "is not ready as long as they do",
                    view);
        }
        return true;
    }

    /** What it follows. */
    public KnownViews views() {
        return views;
    }

    /** Completes when every view may be read, or cannot be built and nobody else serves it. */
    public CompletionStage<Done> ready() {
        return ready.minimalCompletionStage();
    }

    /** Tells all views that these events are on their way, so that their lag is not zero meanwhile. */
    public void notice(Slice slice) {
        views.followed().values().forEach(view -> view.notice(slice));
    }

    /** Gives all views these events. */
    public void offer(Slice slice) {
        views.followed().values().forEach(view -> view.offer(slice));
    }

    /** The database has failed, and may have taken back what did not wait for the disk. */
    public void doubt() {
        views.followed().values().forEach(ViewProjection::doubt);
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
        views.followed().values().forEach(view -> ends.add(view.close()));
        return ends;
    }
}
