package io.ritsem.http.command;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;

import io.helidon.webserver.CloseConnectionException;
import org.jspecify.annotations.Nullable;

/**
 * Writes the results of lines in their order, while later lines are still being read; its queue is the window of lines in
 * flight. Thread-safe: one thread adds, a thread of its own writes.
 */
final class BulkResults {

    /** The bytes of its buffer, which whoever makes it takes of the budget. */
    static final int BUFFER = 32 << 10;

    private static final int WRITE = BUFFER / 2;
    /** An empty line, which no result is. */
    private static final BulkResult END = new BulkResult(new byte[0], false);

    private final OutputStream out;
    private final Duration longestDecision;
    private final Duration longestSilence;
    private final Supplier<BulkResult> noAnswer;
    private final BlockingQueue<Pending> window;
    private final List<Pending> unflushed = new ArrayList<>();
    private final ByteArrayOutputStream ready = new ByteArrayOutputStream(BUFFER);
    private final Thread writer = Thread.ofVirtual().name("bulk-results").unstarted(this::write);
    private final AtomicLong written = new AtomicLong();
    private volatile @Nullable Throwable failure;
    private volatile boolean over;

    /**
     * A line in flight.
     *
     * @param over called when its result is written: nothing is held for it any more
     */
    private record Pending(CompletableFuture<BulkResult> result, Runnable over) {

        /** Nobody writes its result; but its command may still be in flight. */
        void letGo() {
            var _ = result.whenComplete((_, _) -> over.run());
        }
    }

    /**
     * How long it waits, and for how many.
     *
     * @param window how many lines may be in flight
     * @param decision after which a line that has no result gets none
     * @param silence after which a reader or writer that stands still is given up
     */
    record Limits(int window, Duration decision, Duration silence) {}

    /** @param noAnswer the result of a line that has none in time */
    BulkResults(OutputStream out, Limits limits, Supplier<BulkResult> noAnswer) {
        this.out = out;
        this.longestDecision = limits.decision();
        this.longestSilence = limits.silence();
        this.noAnswer = noAnswer;
        this.window = new ArrayBlockingQueue<>(limits.window());
    }

    void start() {
        writer.start();
    }

    /**
     * Adds a line's result to come; waits while the window is full.
     *
     * @param lineOver called when the result has been written, or when it cannot be and the line is not in flight any more
     * @throws CloseConnectionException if the client does not take results any more
     */
    void add(CompletableFuture<BulkResult> result, Runnable lineOver) {
        boolean added = false;
        try {
            added = failure == null
                    && window.offer(new Pending(result, lineOver), longestSilence.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException stopping) {
            Thread.currentThread().interrupt();
            throw new CloseConnectionException("The server stops", stopping);
        } finally {
            if (!added) {
                lineOver.run();
            } else if (over) {
                letGoOfWaiting();
            }
        }
        if (!added) {
            throw new CloseConnectionException("Results cannot be written", failure);
        }
    }

    /** Adds a result that there is already, of no line. */
    void add(BulkResult result) {
        add(CompletableFuture.completedFuture(result), () -> {});
    }

    private void letGoOfWaiting() {
        List<Pending> waiting = new ArrayList<>();
        window.drainTo(waiting);
        waiting.forEach(Pending::letGo);
    }

    /**
     * Waits until all results are written.
     *
     * @throws CloseConnectionException if they cannot be
     */
    void finish() {
        add(END);
        try {
            long before = -1;
            while (!writer.join(longestSilence)) {
                if (written.get() == before) {
                    throw new CloseConnectionException("Results cannot be written");
                }
                before = written.get();
            }
        } catch (InterruptedException stopping) {
            Thread.currentThread().interrupt();
            throw new CloseConnectionException("The server stops", stopping);
        }
        if (failure != null) {
            throw new CloseConnectionException("Results cannot be written", failure);
        }
    }

    /** Writes no more. */
    void abandon() {
        writer.interrupt();
    }

    private void write() {
        try {
            while (true) {
                @Nullable Pending next = window.poll();
                if (next == null) {
                    flush();
                    next = window.take(); // however long a client takes: whoever adds also ends this
                }
                if (!write(next)) {
                    flush();
                    return;
                }
            }
        } catch (IOException | RuntimeException | InterruptedException | Error gone) {
            failure = gone;
        } finally {
            over = true;
            unflushed.forEach(Pending::letGo);
            letGoOfWaiting();
        }
    }

    /** Whether it was a result, and not the end. */
    private boolean write(Pending next) throws IOException, InterruptedException {
        if (!next.result().isDone()) {
            flush();
        }
        unflushed.add(next);
        byte[] line = await(next.result()).line();
        ready.writeBytes(line);
        written.incrementAndGet();
        if (ready.size() >= WRITE) {
            flush();
        }
        return line.length > 0;
    }

    private BulkResult await(CompletableFuture<BulkResult> result) throws InterruptedException {
        try {
            return result.get(longestDecision.toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException late) {
            BulkResult none = noAnswer.get();
            result.complete(none);
            return result.getNow(none);
        } catch (ExecutionException impossible) {
            throw new IllegalStateException("A result is a value", impossible);
        }
    }

    private void flush() throws IOException {
        if (ready.size() > 0) {
            out.write(ready.toByteArray());
            out.flush();
            ready.reset();
        }
        unflushed.forEach(written -> written.over().run());
        unflushed.clear();
    }
}
