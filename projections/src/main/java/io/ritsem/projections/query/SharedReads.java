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

    private static final int MOST_KEYS = 16;
    /** Why whoever was the first could not go on: that says nothing of the others. */
    private static final Set<String> NOT_OURS = Set.of("overloaded", "stopping");

    private final Read read;
    private @Nullable Round next; // guarded by this

    SharedReads(Read read) {
        this.read = read;
    }

    interface Read {

        /**
         * The rows of the keys.
         *
         * @param keys to be asked for when there is a connection
         * @throws UnavailableException if they cannot be read by the deadline
         */
        Found rows(Keys keys, Deadline deadline);
    }

    /**
     * What there is.
     *
     * @param rows by key
     * @param leftOut keys of rows that would have been too much beside the others
     */
    record Found(Map<String, ViewRow> rows, Set<String> leftOut) {}

    /** Of whom the rows are to be read; once they are asked for, nobody joins them any more. */
    interface Keys {
        Set<String> close();
    }

    /** Those who share a query. */
    private final class Round implements Keys {
        private final Set<String> keys = new HashSet<>(); // guarded by the reads
        private final CompletableFuture<Found> found = new CompletableFuture<>();

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
                found.complete(read.rows(this, deadline));
            } catch (RuntimeException | Error failure) {
                close();
                found.completeExceptionally(failure);
            }
        }
    }

    /** @throws UnavailableException if it cannot be read by the deadline */
    @Nullable ViewRow row(String key, Deadline deadline) {
        while (true) {
            @Nullable Found found = attempt(key, deadline);
            if (found != null && !found.leftOut().contains(key)) {
                return found.rows().get(key);
            }
        }
    }

    /** Null if it is to be tried again. */
    private @Nullable Found attempt(String key, Deadline deadline) {
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
        try {
            return await(round, deadline);
        } catch (UnavailableException failed) {
            if (first || !NOT_OURS.contains(failed.reason()) || deadline.left().isZero()) {
                throw failed;
            }
            return null;
        }
    }

    private static Found await(Round round, Deadline deadline) {
        try {
            return round.found.get(deadline.left().toNanos(), TimeUnit.NANOSECONDS);
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
