package io.ritsem.runtime.journal;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;

import akka.persistence.PersistentRepr;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What waits to be written in one lane, in its order. Thread-safe; bounded. Whether it is in trouble, the writers tell
 * each other under their lock.
 */
final class JournalLane {

    private static final Logger log = LoggerFactory.getLogger(JournalLane.class);
    private static final int MOST_BYTES = 8 << 20;

    /** What one entity stores at once. */
    record Write(List<PersistentRepr> events, CompletableFuture<Void> stored, long since) {

        void refuse(String why, @Nullable Throwable cause) {
            stored.completeExceptionally(new JournalWriteException.Unavailable(why, cause));
        }

        long bytes() {
            return events.stream().mapToLong(event -> ((EventEnvelope) event.payload()).data().length).sum();
        }

        String what() {
            return "%s %d".formatted(events.getFirst().persistenceId(), events.getFirst().sequenceNr());
        }
    }

    private final JournalWriters writers;
    private final JournalSettings settings;
    private final BlockingQueue<Write> queue;
    private boolean inTrouble;

    JournalLane(JournalWriters writers, JournalSettings settings) {
        this.writers = writers;
        this.settings = settings;
        this.queue = new ArrayBlockingQueue<>(settings.queue());
    }

    /** Stores the events of one entity, all or none; fails with a {@link JournalWriteException}. */
    CompletableFuture<Void> write(List<PersistentRepr> events) {
        Write write = new Write(events, new CompletableFuture<>(), System.nanoTime());
        if (!queue.offer(write)) {
            write.refuse("The journal's queue of %d is full".formatted(settings.queue()), null);
        } else {
            writers.hear(this);
        }
        return write.stored();
    }

    boolean hasWaiting() {
        return !queue.isEmpty();
    }

    /** Takes what becomes one batch. */
    void gather(List<Write> batch) {
        int events = 0;
        long bytes = 0;
        @Nullable Write next = queue.poll();
        while (next != null) {
            batch.add(next);
            events += next.events().size();
            bytes += next.bytes();
            next = events < settings.batch() && bytes < MOST_BYTES ? queue.poll() : null;
        }
    }

    /** Refuses all that waits. */
    void refuseWaiting(String why, @Nullable Throwable cause) {
        List<Write> waiting = new ArrayList<>();
        queue.drainTo(waiting);
        waiting.forEach(write -> write.refuse(why, cause));
    }

    boolean isInTrouble() {
        return inTrouble;
    }

    /** Says once that writes fail, and once that they do no more: the callers, who are many, are told each by itself. */
    void trouble(String why) {
        if (!inTrouble) {
            log.warn("The journal does not store: {}", why);
        }
        inTrouble = true;
    }

    void storesAgain() {
        if (inTrouble) {
            log.warn("The journal stores again");
        }
        inTrouble = false;
    }
}
