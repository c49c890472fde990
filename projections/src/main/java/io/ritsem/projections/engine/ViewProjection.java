package io.ritsem.projections.engine;

import java.sql.SQLException;
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
import io.ritsem.projections.store.ViewTable;
import io.ritsem.runtime.journal.JournalUnreadableException;
import io.ritsem.runtime.journal.RecordedEvent;

/**
 * A view at work: a stream from a bounded queue, which the tail fills, to the worker. Thread-safe.
 *
 * <p>
 * What the queue cannot hold is left out, and no harm is done: the worker sees that the next slice begins too late and
 * reads by itself. While one transaction commits, waiting slices become one. A handler that throws stops this view alone;
 * a database that fails only lets it wait.
 */
public final class ViewProjection {

    private static final Logger LOG = LoggerFactory.getLogger(ViewProjection.class);
    private static final int QUEUE = 16;

    private final ViewTable<?> table;
    private final EngineParts parts;
    private final ViewProgress progress;
    private final ViewWorker<?> worker;
    private final BoundedSourceQueue<Slice> queue;
    private final CompletionStage<Done> ended;
    private final CompletableFuture<Done> ready = new CompletableFuture<>();
    private volatile State state;
    private volatile @Nullable String failure;
    private boolean reporting; // these three: the worker's thread only
    private @Nullable Trouble trouble;
    private long retryAt = System.nanoTime();

    private enum Trouble {
        DATABASE, BUG
    }

    public ViewProjection(ViewTable<?> table, boolean serving, EngineParts parts, Materializer materializer) {
        this.table = table;
        this.parts = parts;
        this.progress = new ViewProgress(table, parts.store(), parts.journal(), parts.tail());
        this.worker = new ViewWorker<>(table, parts, progress);
        this.state = serving ? State.RUNNING : State.BUILDING;
        if (serving) {
            ready.complete(Done.getInstance());
        }
        var running = Source.<Slice>queue(QUEUE)
                .batchWeighted(parts.settings().batch(), slice -> slice.events().size() + 1L, slice -> slice,
                        Slice::then)
                .mapAsync(1, slice -> CompletableFuture.runAsync(() -> take(slice), parts.executor()))
                .toMat(Sink.ignore(), Keep.both())
                .run(materializer);
        this.queue = running.first();
        this.ended = running.second();
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

    /** Gives it events. A slice for which there is no room is read again later. */
    public void offer(Slice slice) {
        var _ = queue.offer(slice);
    }

    private void take(Slice slice) {
        if (state == State.STOPPED || System.nanoTime() - retryAt < 0) {
            return;
        }
        try {
            if (state == State.BUILDING && !reporting) {
                reporting = true;
                worker.startBuilding();
            }
            worker.follow(slice);
            if (state == State.BUILDING && worker.finishBuilding()) {
                state = State.RUNNING;
                ready.complete(Done.getInstance());
            }
            if (trouble != null) {
                trouble = null;
                LOG.info("The view '{}' goes on", table.view());
            }
        } catch (ViewFailedException e) {
            stop(e);
        } catch (SQLException e) {
            if (hopeless(e)) {
                stop(new ViewFailedException(table.view(), "has a row that the database refuses", e));
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

    /** What was sent cannot be stored (22, 23) or is too large (54): sending it again would not help. */
    private static boolean hopeless(SQLException failure) {
        @Nullable String code = failure.getSQLState();
        return code != null && (code.startsWith("22") || code.startsWith("23") || code.startsWith("54"));
    }

    private void stop(ViewFailedException reason) {
        failure = reason.getMessage();
        state = State.STOPPED;
        progress.stop();
        LOG.error("{}. This view stands still until the application is mended and started anew; all others go on",
                reason.getMessage(), reason.getCause());
        ready.complete(Done.getInstance());
    }

    private void pause(Trouble with, Exception reason) {
        worker.forget();
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

    /** Completes when the view may be read: at once, or when it is built, or has stopped. */
    public CompletionStage<Done> ready() {
        return ready;
    }

    /** Its table. */
    public ViewTable<?> table() {
        return table;
    }

    /** How far it has come. */
    public ViewProgress progress() {
        return progress;
    }

    /** How it is doing. */
    public ViewStatus status() {
        return new ViewStatus(table.view(), table.generation(), state, failure, progress.lag(), progress.here().size(),
                worker.events());
    }

    /** Lets it finish its present batch. */
    public CompletionStage<Done> close() {
        worker.close();
        queue.complete();
        return ended;
    }
}
