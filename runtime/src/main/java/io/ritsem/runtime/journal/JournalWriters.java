package io.ritsem.runtime.journal;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;

import org.jspecify.annotations.Nullable;

/**
 * The writers of a node, as many as it has lanes. As long as the database is quick, one of them has the turn and writes
 * lane after lane on its connection: while a batch of one commits, the others gather, and nobody has to be woken between
 * two. When it is not back soon, another takes the turn and goes on with the other lanes. Thread-safe.
 */
final class JournalWriters {

    /** Who takes longer is not waited for. */
    private static final long QUICK_NANOS = TimeUnit.MILLISECONDS.toNanos(2);

    private static final String STOPPING = "The node is stopping";

    private final JournalSettings settings;
    private final List<JournalWriter> writers = new ArrayList<>();
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition came = lock.newCondition(); // something, for who has the turn
    private final Condition began = lock.newCondition(); // who has the turn, for who may have to take it over
    private final List<JournalLane> free = new ArrayList<>(); // in the order in which they have their turns
    private @Nullable JournalWriter turn;
    private boolean writing; // whether who has the turn has a lane, and since when
    private long since;
    private long taken;
    private int resting; // those who do not even look whether somebody is slow
    private volatile boolean idle;
    private volatile boolean stopping;

    /**
     * Starts them.
     *
     * @param tables where each writes
     * @param afterCommit called on a writer's thread, which must not wait for anything in it
     */
    JournalWriters(JournalSettings settings, Supplier<JournalTable> tables, Runnable afterCommit) {
        this.settings = settings;
        for (int i = 0; i < settings.lanes(); i++) {
            writers.add(new JournalWriter(this, tables.get(), settings.longestWait(), afterCommit));
        }
        writers.forEach(JournalWriter::start);
    }

    /** Another lane. */
    JournalLane lane() {
        JournalLane lane = new JournalLane(this, settings);
        lock.lock();
        try {
            free.add(lane);
        } finally {
            lock.unlock();
        }
        return lane;
    }

    /** Ends the threads: what is on its way is stored, what waits is refused, and so is what comes later. */
    void stop() {
        stopping = true;
        writers.forEach(JournalWriter::interrupt);
        lock.lock();
        try {
            free.forEach(lane -> lane.refuseWaiting(STOPPING, null));
        } finally {
            lock.unlock();
        }
    }

    boolean isStopping() {
        return stopping;
    }

    /** Something waits in a lane. */
    void hear(JournalLane lane) {
        if (stopping) {
            lane.refuseWaiting(STOPPING, null);
        } else if (idle) {
            lock.lock();
            try {
                came.signal();
            } finally {
                lock.unlock();
            }
        }
    }

    /** Waits for a lane with something to write, which is its writer's alone until it is {@link #giveBack given back}. */
    JournalLane take(JournalWriter writer) throws InterruptedException {
        lock.lockInterruptibly();
        try {
            awaitTurn(writer);
            JournalLane lane = awaitLane();
            free.remove(lane);
            writing = true;
            since = System.nanoTime();
            taken++;
            if (resting > 0) {
                began.signalAll();
            }
            return lane;
        } finally {
            lock.unlock();
        }
    }

    void giveBack(JournalWriter writer, JournalLane lane) {
        lock.lock();
        try {
            free.add(lane);
            if (turn == writer) {
                writing = false;
            } else {
                came.signal();
            }
            if (stopping) {
                lane.refuseWaiting(STOPPING, null);
            }
        } finally {
            lock.unlock();
        }
    }

    /** It writes no more: nobody is to wait for it. */
    void leave(JournalWriter writer) {
        lock.lock();
        try {
            if (turn == writer) {
                turn = null;
                writing = false;
            }
            began.signalAll();
        } finally {
            lock.unlock();
        }
    }

    private void awaitTurn(JournalWriter writer) throws InterruptedException {
        while (turn != null && turn != writer && !(writing && System.nanoTime() - since >= QUICK_NANOS)) {
            long before = taken;
            var _ = began.awaitNanos(writing ? since + QUICK_NANOS - System.nanoTime() : QUICK_NANOS);
            if (taken == before && !writing) {
                resting++;
                try {
                    began.await();
                } finally {
                    resting--;
                }
            }
        }
        turn = writer;
        writing = false;
    }

    private JournalLane awaitLane() throws InterruptedException {
        while (true) {
            idle = true; // said before it is looked, so that what comes is either seen or heard of
            @Nullable JournalLane waiting = firstWaiting();
            if (waiting != null) {
                idle = false;
                return waiting;
            }
            came.await();
        }
    }

    private @Nullable JournalLane firstWaiting() {
        for (JournalLane lane : free) {
            if (lane.hasWaiting()) {
                return lane;
            }
        }
        return null;
    }
}
