package io.ritsem.node;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Thread-safe. What has been started, to be stopped once in the reverse order: by whoever comes first, also while the next
 * part is starting, which then is stopped too.
 */
final class StopOrder {

    private static final Logger LOG = LoggerFactory.getLogger(StopOrder.class);

    private final Deque<Part> parts = new ArrayDeque<>();
    private final CompletableFuture<Void> stopping = new CompletableFuture<>();

    private record Part(String name, Stopper stopper) {}

    /** What a part leaves behind if the process ends this moment is cleared away by this. */
    private final List<Runnable> abandoning = new CopyOnWriteArrayList<>();

    /** Stops a part, within a bound of its own. */
    @FunctionalInterface
    interface Stopper {
        void stop() throws Exception;
    }

    /** Starts a part. */
    @FunctionalInterface
    interface Starter<T, E extends Exception> {
        T start() throws E;
    }

    /** How a started part is stopped. */
    @FunctionalInterface
    interface Ending<T> {
        void stop(T part) throws Exception;
    }

    synchronized <T, E extends Exception> T start(String name, Starter<T, E> starter, Ending<T> ending) throws E {
        if (stopping.isDone()) {
            throw new NodeStartException("The node was stopped while it was starting");
        }
        T part = starter.start();
        parts.push(new Part(name, () -> ending.stop(part)));
        return part;
    }

    boolean isStopping() {
        return stopping.isDone();
    }

    /** What {@link #abandon} does besides. */
    void whenAbandoned(Runnable task) {
        abandoning.add(task);
    }

    /** Does not wait for an orderly stop: for a process that ends this moment. */
    void abandon() {
        abandoning.forEach(Runnable::run);
    }

    /** Completes when stopping begins. */
    CompletionStage<Void> stopping() {
        return stopping.minimalCompletionStage();
    }

    /** Returns when all is stopped; a part that fails to stop does not keep the others. */
    void stop() {
        stopping.complete(null);
        stopParts();
    }

    private synchronized void stopParts() {
        while (!parts.isEmpty()) {
            Part part = parts.pop();
            try {
                part.stopper().stop();
            } catch (InterruptedException interrupted) {
                Thread.currentThread().interrupt();
                LOG.warn("Interrupted while stopping: {}", part.name());
            } catch (Exception failure) {
                LOG.warn("Did not stop in order: {}", part.name(), failure);
            }
        }
    }
}
