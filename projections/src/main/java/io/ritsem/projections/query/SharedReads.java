package io.ritsem.projections.query;

import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

import org.jspecify.annotations.Nullable;

import io.ritsem.runtime.gateway.UnavailableException;

/**
 * Reads the rows of a view by their keys. Whoever has to wait for a connection shares it with those who come meanwhile: one
 * query for all of them, which begins after the last of them has asked. Thread-safe; blocking.
 */
final class SharedReads {

    /** So that large rows do not fill the memory. */
    private static final int MOST_KEYS = 16;

    private final Read read;
    private @Nullable Round next; // guarded by this

    SharedReads(Read read) {
        this.read = read;
    }

    interface Read {

        /**
         * The rows of the keys, those that there are.
         *
         * @param keys to be asked for when there is a connection
         * @throws UnavailableException if they cannot be read by the deadline
         */
        Map<String, ViewRow> rows(Keys keys, Deadline deadline);
    }

    /** Of whom the rows are to be read; once they are asked for, nobody joins them any more. */
    interface Keys {
        Set<String> close();
    }

    /** Those who share a query. */
    private final class Round implements Keys {
        private final Set<String> keys = new HashSet<>(); // guarded by the reads
        private final CompletableFuture<Map<String, ViewRow>> rows = new CompletableFuture<>();

        @Override public Set<String> close() {
            synchronized (SharedReads.this) {
                if (next == this) {
                    next = null;
                }
                return keys;
            }
        }

        private void read(Deadline deadline) {
            try {
                rows.complete(read.rows(this, deadline));
            } catch (RuntimeException | Error failure) {
                close();
                rows.completeExceptionally(failure);
            }
        }
    }

    /** @throws UnavailableException if it cannot be read by the deadline, or by that of whoever was the first to wait */
    @Nullable ViewRow row(String key, Deadline deadline) {
        Round round;
        boolean first;
        synchronized (this) {
            @Nullable Round open = next;
            first = open == null || open.keys.size() >= MOST_KEYS;
            round = open == null || first ? new Round() : open;
            next = round;
            round.keys.add(key);
        }
        if (first) {
            round.read(deadline);
        }
        return await(round, deadline).get(key);
    }

    private static Map<String, ViewRow> await(Round round, Deadline deadline) {
        try {
            return round.rows.get(deadline.left().toNanos(), TimeUnit.NANOSECONDS);
        } catch (TimeoutException late) {
            throw new UnavailableException("overloaded");
        } catch (InterruptedException stopping) {
            Thread.currentThread().interrupt();
            throw new UnavailableException("stopping");
        } catch (ExecutionException failed) {
            if (failed.getCause() instanceof UnavailableException unavailable) {
                throw unavailable;
            }
            throw new IllegalStateException("The rows could not be read", failed.getCause());
        }
    }
}
