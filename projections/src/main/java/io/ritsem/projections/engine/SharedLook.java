package io.ritsem.projections.engine;

import java.sql.SQLException;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;

import org.jspecify.annotations.Nullable;

import io.ritsem.runtime.journal.Position;

/**
 * Asks the database how far a view has come, once for all who wait for it: one question at a time, no two within 10 ms,
 * and whoever comes meanwhile shares the next. Thread-safe; blocking.
 */
final class SharedLook {

    private static final long APART = Duration.ofMillis(10).toNanos();

    private final Question question;
    private final ReentrantLock asking = new ReentrantLock(true);
    private Round next = new Round(); // guarded by this
    private volatile @Nullable Found latest; // written while asking

    SharedLook(Question question) {
        this.question = question;
    }

    interface Question {

        /** @param asked the latest transaction that somebody wants to know about, by partition of the journal */
        Found ask(Map<Integer, Long> asked) throws SQLException;
    }

    /**
     * An answer.
     *
     * @param at when it was asked, by {@link System#nanoTime}
     * @param cursors where the cursor of each partition stands, if anybody wanted to know
     * @param lacking the transaction of the first event that the view lacks, by partition; none if it lacks nothing
     */
    record Found(long at, Map<Integer, Position> cursors, Map<Integer, Long> lacking) {

        private boolean reached(Map.Entry<Integer, Long> seen) {
            return cursors.getOrDefault(seen.getKey(), Position.START).hasReached(ViewProgress.endOf(seen.getValue()));
        }

        private boolean passed(Map.Entry<Integer, Long> seen) {
            return reached(seen) || seen.getValue() < lacking.getOrDefault(seen.getKey(), Long.MAX_VALUE);
        }
    }

    /** Those who get the same answer. */
    private static final class Round {
        final Map<Integer, Long> asked = new HashMap<>(); // guarded by the look
        @Nullable Found found; // guarded by asking
    }

    /**
     * Removes the transactions that the view has passed; none if nobody could ask in time.
     *
     * @throws SQLException if the database cannot be asked
     */
    void settle(Map<Integer, Long> open, Duration atMost) throws SQLException, InterruptedException {
        @Nullable Found recent = latest;
        if (recent != null && System.nanoTime() - recent.at() < APART) {
            // Only what it says of cursors: it was asked before we came, and what we wait for may have been stored since.
            open.entrySet().removeIf(recent::reached);
        }
        if (open.isEmpty()) {
            return;
        }
        Round round = join(open);
        if (!asking.tryLock(atMost.toNanos(), TimeUnit.NANOSECONDS)) {
            return;
        }
        try {
            Found found = round.found == null ? ask(round) : round.found;
            open.entrySet().removeIf(found::passed);
        } finally {
            asking.unlock();
        }
    }

    private synchronized Round join(Map<Integer, Long> open) {
        open.forEach((partition, transaction) -> next.asked.merge(partition, transaction, Math::max));
        return next;
    }

    private Found ask(Round round) throws SQLException, InterruptedException {
        @Nullable Found before = latest;
        if (before != null) {
            TimeUnit.NANOSECONDS.sleep(before.at() + APART - System.nanoTime());
        }
        Found found = question.ask(close(round));
        latest = found;
        round.found = found;
        return found;
    }

    /** Whoever comes from now on gets the answer after this one. */
    private synchronized Map<Integer, Long> close(Round round) {
        if (round == next) {
            next = new Round();
        }
        return round.asked;
    }
}
