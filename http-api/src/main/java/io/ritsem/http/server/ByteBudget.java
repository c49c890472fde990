package io.ritsem.http.server;

import java.time.Duration;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

import io.helidon.webserver.CloseConnectionException;

import io.ritsem.http.problem.Problem;
import io.ritsem.http.problem.ProblemException;

/**
 * How many bytes of commands this node holds at once: bodies and lines that are being read, and those in flight until
 * their answer is written. What stands behind the gateway is within it, too: an entity's queue and a lane of the journal
 * hold what belongs to commands in flight, of this node or within the budget of the one that sent them here (the last
 * seconds of a write whose command was answered 504 excepted, which the lanes bound by number). Thread-safe.
 */
public final class ByteBudget {

    private final Semaphore free;
    private final Duration patience;

    /** @param patience how long {@link Share#await} waits */
    ByteBudget(int bytes, Duration patience) {
        // fair, so that a large line that waits comes before those that began to wait after it
        this.free = new Semaphore(bytes, true);
        this.patience = patience;
    }

    /** A share of nothing yet. */
    public Share share() {
        return new Share();
    }

    /** What somebody holds of it. One thread takes; any may close it, once that one takes no more. */
    public final class Share implements AutoCloseable {

        private final AtomicInteger held = new AtomicInteger();

        private Share() {}

        /**
         * Takes more, at once or not at all.
         *
         * @throws ProblemException 503 if there is not so much
         */
        public void take(int bytes) {
            if (!free.tryAcquire(bytes)) {
                throw overloaded();
            }
            held.addAndGet(bytes);
        }

        /**
         * Takes more, and waits for it as long as a command may take.
         *
         * @throws ProblemException 503 if there was not so much in time
         * @throws CloseConnectionException if the server stops
         */
        public void await(int bytes) {
            try {
                if (bytes > 0 && !free.tryAcquire(bytes, patience.toNanos(), TimeUnit.NANOSECONDS)) {
                    throw overloaded();
                }
            } catch (InterruptedException stopping) {
                Thread.currentThread().interrupt();
                throw new CloseConnectionException("The server stops", stopping);
            }
            held.addAndGet(bytes);
        }

        /** Gives back what is above so many bytes. */
        public void keep(int bytes) {
            int before = held.getAndUpdate(now -> Math.min(now, bytes));
            if (before > bytes) {
                free.release(before - bytes);
            }
        }

        /** In bytes. */
        public int held() {
            return held.get();
        }

        /** Gives all of it back. */
        @Override public void close() {
            keep(0);
        }
    }

    private static ProblemException overloaded() {
        return new ProblemException(Problem.unavailable("overloaded",
                "The node holds as many bytes of commands as it may, so this one was not read; send it again", 1));
    }
}
