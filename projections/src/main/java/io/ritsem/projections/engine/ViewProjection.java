package io.ritsem.projections.engine;

import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

import akka.Done;
import akka.stream.BoundedSourceQueue;
import akka.stream.Materializer;
import akka.stream.javadsl.Keep;
import akka.stream.javadsl.Sink;
import akka.stream.javadsl.Source;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import io.ritsem.projections.engine.ViewStatus.State;
import io.ritsem.projections.store.Generation;
import io.ritsem.projections.store.GenerationSwitch.Outcome;
import io.ritsem.projections.store.ViewStore;
import io.ritsem.projections.store.ViewTable;
import io.ritsem.runtime.journal.JournalUnreadableException;
import io.ritsem.runtime.journal.RecordedEvent;

/**
 * A view at work: a stream from a bounded queue, which the tail fills, to the worker. Thread-safe.
 *
 * <p>
 * What the queue cannot hold is left out, and no harm is done: the worker sees that the next slice begins too late and
 * reads by itself. While one transaction commits, waiting slices become one. A handler that throws costs the key; if that
 * happens to too many of them, it stops this view alone; a database that fails only lets it wait.
 */
final class ViewProjection {

    private static final Logger LOG = LoggerFactory.getLogger(ViewProjection.class);
    private static final int QUEUE = 16;

    private static final Duration BETWEEN_ATTEMPTS = Duration.ofMillis(100);
    private static final Duration BETWEEN_ATTEMPTS_WHEN_IT_WAITS = Duration.ofSeconds(1);
    private static final String NO_SUCH_TABLE = "42P01";

    private final ViewTable<?> table;
    private final EngineParts parts;
    private final Runnable changed;
    private final ViewProgress progress;
    private final ViewWorker<?> worker;
    private final BoundedSourceQueue<Slice> queue;
    private final CompletionStage<Done> ended;
    private volatile Generation generation;
    private volatile @Nullable String failure;
    private volatile boolean closed;
    private volatile boolean brokenOff;
    private volatile boolean doubtful;
    private boolean reporting; // these six: the worker's thread only
    private boolean waits;
    private boolean told;
    private @Nullable Trouble trouble;
    private long retryAt = System.nanoTime();
    private long completeAt = retryAt;

    private enum Trouble {
        DATABASE, BUG
    }

    /** @param changed to be run when it serves now, or has stopped */
    public ViewProjection(ViewTable<?> table, Generation generation, EngineParts parts, Materializer materializer,
            Runnable changed) {
        this.table = table;
        this.generation = generation;
        this.parts = parts;
        this.changed = changed;
        this.progress = new ViewProgress(table, parts.store(), parts.journal(), parts.tail());
        this.worker = new ViewWorker<>(table, parts, progress);
        var running = Source.<Slice>queue(QUEUE)
                .batchWeighted(parts.settings().batch(), ViewProjection::weight, slice -> slice, Slice::then)
                .mapAsync(1, slice -> CompletableFuture.runAsync(() -> take(slice), parts.executor()))
                .toMat(Sink.ignore(), Keep.both())
                .run(materializer);
        this.queue = running.first();
        this.ended = running.second();
        var _ = ended.whenComplete((_, thrown) -> {
            if (thrown != null && !closed) {
                breakOff(thrown);
            }
        });
        update(generation);
    }

    /** By their number, and by each KiB that they have beyond that. */
    private static long weight(Slice slice) {
        return 1 + slice.events().stream().mapToLong(event -> 1 + event.bytes() / 1024).sum();
    }

    /** How the generation stands now, as of a round. One that has stopped tries again when somebody has resumed or mended it. */
    void update(Generation now) {
        boolean mended = now.resumed() != generation.resumed() || now.revision() != generation.revision();
        if (mended && failure != null && !brokenOff) {
            failure = null;
            progress.resume();
        }
        generation = now;
        worker.setStill(closed || now.paused() || now.still());
        progress.setAnswering(now.state() == Generation.State.SERVING);
        worker.setRate(now.state() == Generation.State.BUILDING ? now.rate() : 0);
    }

    /** Tells the view that these events are on their way, so that its lag is not zero meanwhile. */
    public void notice(Slice slice) {
        List<RecordedEvent> followed = slice.events()
                .stream()
                .filter(event -> table.definition().follows().containsKey(event.entity().type()))
                .toList();
        if (!followed.isEmpty()) {
            progress.noticed(followed.getFirst(), followed.getLast());
        }
    }

    /**
     * The database has failed, and has perhaps lost what did not wait for the disk: rows and cursors go back together, and
     * who waits is told nothing from memory until the cursors have been read again.
     */
    void doubt() {
        doubtful = true;
        progress.doubt();
    }

    /** Gives it events. A slice for which there is no room is read again later. */
    public void offer(Slice slice) {
        var _ = queue.offer(slice);
    }

    private void take(Slice slice) {
        if (failure != null || generation.paused() || generation.still() || System.nanoTime() - retryAt < 0) {
            return;
        }
        if (doubtful) {
            doubtful = false;
            worker.forget();
        }
        try {
            boolean building = generation.state() == Generation.State.BUILDING;
            if (building && !reporting) {
                worker.startBuilding();
            } else if (!building && reporting) {
                worker.stopBuilding(); // another node has let it serve
            }
            reporting = building;
            worker.follow(slice);
            if (generation.state() == Generation.State.BUILDING && System.nanoTime() - completeAt >= 0) {
                finish(worker.finishBuilding());
            }
            goesOn();
        } catch (ViewFailedException e) {
            stop(e);
        } catch (SQLException e) {
            if (NO_SUCH_TABLE.equals(e.getSQLState())) {
                missing(e);
            } else if (ViewStore.refuses(e)) {
                stop(new ViewFailedException(table.view(), "writes what the database refuses", e));
            } else {
                pause(Trouble.DATABASE, e);
            }
        } catch (JournalUnreadableException e) {
            pause(Trouble.DATABASE, e);
        } catch (RuntimeException e) {
            pause(Trouble.BUG, e);
        } catch (Error e) {
            stop(new ViewFailedException(table.view(), "is broken", e));
        }
    }

    /** A generation that is dropped loses its table and its cursors at once. */
    private void missing(SQLException e) {
        try {
            if (parts.store().cursors(table).isEmpty()) {
                worker.forget(); // the next round ends this
            } else {
                pause(Trouble.BUG, e);
            }
        } catch (SQLException away) {
            pause(Trouble.DATABASE, away);
        }
    }

    private void goesOn() throws SQLException {
        if (told) { // also those cursors that have nothing to be moved for
            parts.store().trouble(table, parts.leases().of(table).keySet(), null);
            told = false;
        }
        if (trouble != null) {
            trouble = null;
            LOG.info("The view '{}' goes on", table.view());
        }
    }

    private void finish(Outcome outcome) {
        Duration pause = outcome == Outcome.WAITS ? BETWEEN_ATTEMPTS_WHEN_IT_WAITS : BETWEEN_ATTEMPTS;
        completeAt = System.nanoTime() + pause.toNanos();
        if (outcome == Outcome.WAITS && !waits) {
            LOG.info("The view {} is built and waits to be switched to", table.id());
        }
        waits = outcome == Outcome.WAITS;
        if (outcome == Outcome.SERVES) {
            LOG.info("The view {} serves", table.id());
            changed.run();
        }
    }

    private void stop(ViewFailedException reason) {
        String message = String.valueOf(reason.getMessage());
        failure = message;
        progress.stop();
        LOG.error(
                "{}. This view stands still until the application is mended and started anew, or somebody resumes it; all others go on",
                message, reason.getCause());
        tell(message);
        worker.forget();
        changed.run();
    }

    /** Even what says what is wrong has failed: nothing takes from the queue any more. */
    private void breakOff(Throwable thrown) {
        brokenOff = true;
        failure = "The view '%s' has broken off on this node: %s".formatted(table.view(), thrown);
        progress.stop();
        LOG.error("The view '{}' has broken off. It stands still until this node is started anew; all others go on",
                table.view(), thrown);
        parts.executor().execute(() -> {
            tell(String.valueOf(failure));
            changed.run();
        });
    }

    private void tell(String message) {
        told = true;
        try {
            worker.trouble(message);
        } catch (SQLException e) {
            LOG.warn("What stops the view '{}' could not be written down for other nodes: {}", table.view(),
                    e.toString());
        }
    }

    private void pause(Trouble with, Exception reason) {
        if (trouble != with && with == Trouble.BUG) {
            tell(reason.toString());
        }
        worker.forget();
        progress.doubt();
        retryAt = System.nanoTime() + parts.settings().retryAfter().toNanos();
        if (trouble == with) {
            return;
        }
        trouble = with;
        switch (with) {
            case DATABASE -> LOG.warn("The view '{}' waits for the database: {}", table.view(), reason.toString());
            case BUG -> LOG.error("A bug keeps the view '{}' from going on, it tries again", table.view(), reason);
        }
    }

    /** Whether it has stopped at what it cannot apply. */
    boolean stopped() {
        return failure != null;
    }

    /** Its table. */
    public ViewTable<?> table() {
        return table;
    }

    /** How the generation stands, as of the last round. */
    Generation generation() {
        return generation;
    }

    /** How far it has come. */
    public ViewProgress progress() {
        return progress;
    }

    /** How it is doing. */
    public ViewStatus status() {
        return new ViewStatus(table.view(), table.generation(), state(), failure, progress.lag(),
                progress.here().size(), worker.events());
    }

    private State state() {
        if (failure != null) {
            return State.STOPPED;
        } else if (generation.paused()) {
            return State.PAUSED;
        }
        return generation.state() == Generation.State.BUILDING ? State.BUILDING : State.RUNNING;
    }

    /** Lets it finish its present batch. */
    public CompletionStage<Done> close() {
        closed = true;
        worker.setStill(true);
        if (brokenOff) {
            return CompletableFuture.completedStage(Done.getInstance());
        }
        queue.complete();
        return ended;
    }
}
