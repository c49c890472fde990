package io.ritsem.chaos.cluster;

import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

import io.ritsem.chaos.fault.Pause;
import io.ritsem.chaos.load.Endpoints;

/**
 * What Kubernetes does for nodes: asks each every second whether it is ready, sends it requests while it is (and no longer
 * when it was not twice in a row), and starts another in the place of one that has ended. Who is replaced in order is first
 * sent no more requests, and asked to stop 5 s later. Thread-safe; a thread for each node.
 */
final class Platform implements AutoCloseable {

    private static final long BETWEEN_PROBES = TimeUnit.SECONDS.toNanos(1);
    private static final int PROBES_FAILED = 2;
    private static final int BEFORE_STOP_MILLIS = 5_000;
    private static final Duration LONGEST_LOOK = Duration.ofSeconds(10);
    private static final int STARTS_WITHIN_SECONDS = 120;

    private final Endpoints endpoints;
    private final Diary diary;
    private final Set<ClusterNode> held = ConcurrentHashMap.newKeySet();
    private final Set<ClusterNode> ready = ConcurrentHashMap.newKeySet();
    private final CopyOnWriteArrayList<Thread> threads = new CopyOnWriteArrayList<>();
    private volatile boolean stopping;

    Platform(Endpoints endpoints, Diary diary) {
        this.endpoints = endpoints;
        this.diary = diary;
    }

    /** Looks after a node from now on. */
    void take(ClusterNode node) {
        threads.add(Thread.ofVirtual()
                .uncaughtExceptionHandler((_, failure) -> diary.note("the platform failed: " + failure))
                .start(() -> watch(node)));
    }

    private void watch(ClusterNode node) {
        int failed = 0;
        while (!stopping) {
            if (!held.contains(node)) {
                failed = node.process().isAlive() ? probe(node, failed) : replace(node);
            }
            LockSupport.parkNanos(BETWEEN_PROBES);
        }
    }

    private int probe(ClusterNode node, int failedBefore) {
        return decide(node, node.isReady() ? 0 : failedBefore + 1);
    }

    /** What was asked before a node is held says nothing of it any more. */
    private synchronized int decide(ClusterNode node, int failed) {
        if (held.contains(node)) {
            return 0;
        }
        if (failed == 0) {
            endpoints.add(node.address());
            if (ready.add(node)) {
                diary.note("node %d is ready".formatted(node.number()));
            }
        } else if (failed == PROBES_FAILED && ready.remove(node)) {
            endpoints.remove(node.address());
            diary.note("node %d is not ready".formatted(node.number()));
        }
        return failed;
    }

    private synchronized void hold(ClusterNode node) {
        held.add(node);
        endpoints.remove(node.address());
        ready.remove(node);
    }

    private int replace(ClusterNode node) {
        endpoints.remove(node.address());
        ready.remove(node);
        diary.note("node %d ended with %s and is started again".formatted(node.number(), exit(node)));
        node.startAgain();
        return 0;
    }

    private static String exit(ClusterNode node) {
        OptionalInt exit = node.process().exitWithin(0);
        return exit.isPresent() ? Integer.toString(exit.getAsInt()) : "nothing";
    }

    /**
     * Stops a node in order and starts another in its place; returns when that is ready.
     *
     * @return the exit code of the one before; empty if it had to be killed
     * @throws IllegalStateException if the other one is not ready within 120 s
     */
    OptionalInt roll(ClusterNode node) {
        return roll(node, Optional.empty());
    }

    /** The same with other system properties. */
    OptionalInt roll(ClusterNode node, Map<String, String> properties) {
        return roll(node, Optional.of(properties));
    }

    /**
     * Stops a node in order and starts another with other system properties, which ends by itself.
     *
     * @return the other's exit code; empty if it had not ended after 60 s
     */
    OptionalInt tryAnother(ClusterNode node, Map<String, String> properties) {
        hold(node);
        Pause.millis(BEFORE_STOP_MILLIS);
        var _ = node.stop();
        node.startAgain(properties);
        OptionalInt exit = node.process().exitWithin(TimeUnit.SECONDS.toMillis(60));
        diary.note("node %d with %s ended with %s".formatted(node.number(), properties, exit));
        return exit;
    }

    /**
     * Stops a node in order, and starts nobody in its place.
     *
     * @return its exit code; empty if it had to be killed
     */
    OptionalInt dismiss(ClusterNode node) {
        hold(node);
        Pause.millis(BEFORE_STOP_MILLIS);
        diary.note("node %d is asked to stop for good".formatted(node.number()));
        OptionalInt exit = node.stop();
        diary.note("node %d ended with %s".formatted(node.number(), exit));
        return exit;
    }

    private OptionalInt roll(ClusterNode node, Optional<Map<String, String>> properties) {
        hold(node);
        Pause.millis(BEFORE_STOP_MILLIS);
        diary.note("node %d is asked to stop".formatted(node.number()));
        OptionalInt exit = node.stop();
        diary.note("node %d ended with %s".formatted(node.number(), exit));
        properties.ifPresentOrElse(node::startAgain, node::startAgain);
        held.remove(node);
        awaitReady(node);
        return exit;
    }

    /** Returns when it is ready. */
    void awaitReady(ClusterNode node) {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(STARTS_WITHIN_SECONDS);
        while (!ready.contains(node)) {
            if (System.nanoTime() > end) {
                throw new IllegalStateException("Node %d was not ready within %d s".formatted(node.number(),
                        STARTS_WITHIN_SECONDS));
            }
            Pause.millis(100);
        }
    }

    /** Nothing is started any more when it returns. */
    @Override public void close() {
        stopping = true;
        try {
            for (Thread thread : threads) {
                if (!thread.join(LONGEST_LOOK)) {
                    throw new IllegalStateException("A look at a node does not end");
                }
            }
        } catch (InterruptedException interrupted) {
            throw new IllegalStateException("Interrupted while the platform ends", interrupted);
        }
    }
}
