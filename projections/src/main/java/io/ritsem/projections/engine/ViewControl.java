package io.ritsem.projections.engine;

import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;

import io.ritsem.projections.store.AuditLog;
import io.ritsem.projections.store.Generation.State;
import io.ritsem.projections.store.GenerationDiff;
import io.ritsem.projections.store.GenerationId;
import io.ritsem.projections.store.ViewOperations;
import io.ritsem.projections.store.ViewOperations.ConflictException;
import io.ritsem.projections.store.ViewTable;
import io.ritsem.projections.store.ViewVersion;
import io.ritsem.runtime.gateway.UnavailableException;

/**
 * The door for operators: what they may do with the views of this version of the application, on all its nodes. Each
 * action gives its {@link Reason}, which the audit keeps. Thread-safe; blocking. Every action throws {@link ConflictException} if it does not fit how the view stands, and
 * {@link UnavailableException} if the database does not answer: then it may be done or not, see the audit.
 */
public final class ViewControl {

    private static final int MOST_COMPARED = 100_000;
    private static final int EXAMPLES = 20;
    private static final Duration LONGEST_WAIT = Duration.ofSeconds(5);
    private static final Duration BETWEEN_LOOKS = Duration.ofMillis(20);
    /** Each locks the view's generations and cursors. */
    private static final Duration BETWEEN_ATTEMPTS = Duration.ofMillis(200);

    private final ViewHost host;
    private final ViewOperations operations;
    private final GenerationDiff diff;
    private final AuditLog audit;
    private final Duration longestWayBack;

    /** @param lease for the time of which a generation stands still after it was replaced */
    public ViewControl(ViewHost host, ViewOperations operations, GenerationDiff diff, AuditLog audit, Duration lease) {
        this.host = host;
        this.operations = operations;
        this.diff = diff;
        this.audit = audit;
        this.longestWayBack = lease.plus(LONGEST_WAIT);
    }

    private interface Action<T> {
        T on(ViewVersion view) throws SQLException;
    }

    /** Other nodes learn of it with their next round; this one at once. */
    private <T> T act(String view, String reason, Action<T> action) {
        T result = attempt(view, reason, action);
        host.refresh();
        return result;
    }

    private <T> T attempt(String view, String reason, Action<T> action) {
        Reason.check(reason);
        try {
            return action.on(host.views().version(view));
        } catch (SQLException away) {
            throw ReadFailure.of(away);
        }
    }

    /** Lets all generations of a view stand still; it goes on answering. */
    public void pause(String view, String reason) {
        act(view, reason, version -> {
            operations.pause(version, reason);
            return Optional.empty();
        });
    }

    /** Lets a view go on that was paused, or that has stopped at what it could not apply. */
    public void resume(String view, String reason) {
        act(view, reason, version -> {
            operations.resume(version, reason);
            return Optional.empty();
        });
    }

    /**
     * Begins to build a view anew beside the generation that serves.
     *
     * @param manual whether it is to wait for {@link #switchOver} when it is built
     * @param rate how many events a second at most, 1 or more; 0 for no limit
     */
    public GenerationId rebuild(String view, boolean manual, int rate, String reason) {
        requireRate(rate);
        return act(view, reason, version -> operations.rebuild(version, manual, rate, reason));
    }

    /** @param rate how many events a second at most, 1 or more; 0 for no limit */
    public GenerationId throttle(String view, int rate, String reason) {
        requireRate(rate);
        return act(view, reason, version -> operations.throttle(version, rate, reason));
    }

    private static void requireRate(int rate) {
        if (rate < 0) {
            throw new IllegalArgumentException("A rate is 0 or more events a second, but this one is " + rate);
        }
    }

    /** Gives up the generation that is being built. */
    public GenerationId cancel(String view, String reason) {
        return act(view, reason, version -> operations.cancel(version, reason));
    }

    /**
     * Lets the generation that is being built serve as soon as it is built, whatever it waits for.
     *
     * @return whether it serves now; it is waited for 5 s at most
     */
    public Switched switchOver(String view, String reason) {
        GenerationId next = act(view, reason, version -> operations.order(version, reason));
        return new Switched(next, waitFor(() -> host.views().isIn(next, State.SERVING)));
    }

    /** A generation that is to serve, and whether it does. */
    public record Switched(GenerationId generation, boolean serves) {}

    /**
     * Lets the generation that served before serve again at once.
     *
     * @return the generation that serves now, or empty if the former one had not seen, within the time of a lease and 5 s, all
     *     that the present one has: it has stopped, say
     * @throws ConflictException if there is none any more, or it is paused before it has seen all
     */
    public Optional<GenerationId> rollBack(String view, String reason) {
        Optional<GenerationId> former = Optional.empty();
        long deadline = System.nanoTime() + longestWayBack.toNanos();
        while (former.isEmpty() && System.nanoTime() - deadline < 0 && !Thread.currentThread().isInterrupted()) {
            former = attempt(view, reason, version -> operations.rollBack(version, reason));
            if (former.isEmpty()) {
                LockSupport.parkNanos(BETWEEN_ATTEMPTS.toNanos());
            }
        }
        if (former.isPresent()) {
            GenerationId serving = former.get();
            host.refresh();
            waitFor(() -> host.views().isIn(serving, State.SERVING));
        }
        return former;
    }

    /** Two generations of a view, and how their rows differ. */
    public record Compared(GenerationId serving, GenerationId other, GenerationDiff.Found found) {}

    /**
     * Compares the rows of the generation that serves with those of the one that is being built, or of the previous one.
     *
     * @param after the key after which to go on; empty for the first
     * @param atMost how long it may take: then it ends where it has come to
     * @throws ConflictException if there is none
     */
    public Compared compare(String view, String after, Duration atMost) {
        ViewVersion version = host.views().version(view);
        GenerationId serving = host.views().find(view, State.SERVING);
        GenerationId other = host.views().find(view, State.BUILDING, State.PREVIOUS);
        try {
            return new Compared(serving, other, diff.compare(ViewTable.of(version.definition(), serving.generation()),
                    ViewTable.of(version.definition(), other.generation()), after,
                    new GenerationDiff.Bounds(MOST_COMPARED, EXAMPLES, atMost)));
        } catch (SQLException away) {
            throw ReadFailure.of(away);
        }
    }

    /** What operators did: the latest with an id below {@code before}, the newest first, at most {@code limit}. */
    public List<AuditLog.Entry> audit(long before, int limit) {
        try {
            return audit.entries(before, limit);
        } catch (SQLException away) {
            throw ReadFailure.of(away);
        }
    }

    private interface Condition {
        boolean holds();
    }

    private static boolean waitFor(Condition condition) {
        long deadline = System.nanoTime() + LONGEST_WAIT.toNanos();
        while (!condition.holds()) {
            if (System.nanoTime() - deadline >= 0 || Thread.currentThread().isInterrupted()) {
                return false;
            }
            LockSupport.parkNanos(BETWEEN_LOOKS.toNanos());
        }
        return true;
    }
}
