package io.ritsem.http.server;

import java.time.Duration;

import static java.util.concurrent.TimeUnit.NANOSECONDS;

/**
 * How connections come to their end when the server stops. Nobody can tell a client that sits on an open connection not to
 * send any more, but by an answer: from the moment the server begins to stop, each answer is its connection's last, and
 * requests are still answered for a while. Thread-safe.
 */
final class Farewell {

    private final Duration longest;
    private final Object open = new Object();
    private int connections;
    private volatile boolean said;

    /** @param longest how long connections that are open are still served */
    Farewell(Duration longest) {
        this.longest = longest;
    }

    /** Whether each answer is its connection's last. */
    boolean isSaid() {
        return said;
    }

    void opened() {
        synchronized (open) {
            connections++;
        }
    }

    void closed() {
        synchronized (open) {
            connections--;
            open.notifyAll();
        }
    }

    /** Returns when no connection is open any more, or the time is up. */
    void say() {
        said = true;
        long end = System.nanoTime() + longest.toNanos();
        synchronized (open) {
            for (long left = end - System.nanoTime(); connections > 0 && left > 0; left = end - System.nanoTime()) {
                try {
                    NANOSECONDS.timedWait(open, left);
                } catch (InterruptedException hurry) {
                    Thread.currentThread().interrupt();
                    return;
                }
            }
        }
    }
}
