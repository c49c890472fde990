package io.ritsem.runtime.cluster;

import java.time.Duration;
import java.util.Optional;

import io.ritsem.runtime.cluster.Peers.DatabaseContact;

/**
 * When a member is of no use to its cluster although nobody has lost sight of it, and gives itself up, so that its entities
 * are served elsewhere and the platform starts another: when it alone has lost the database, or when no majority answers it
 * that the cluster still counts it among. If nobody can write, nobody leaves. Not thread-safe.
 */
final class GivingUp {

    /**
     * So long every write of this node has failed, and another has written without a break: it is not the database. One that
     * has waited for its answer in vain, 1 s after the last good one and for 5 s, is not enough: the next comes in between.
     */
    private static final Duration LOST = Duration.ofSeconds(8);

    /** Longer than a cluster that splits needs to decide who stays. Looks, not seconds, which a stopped process misses. */
    private static final int LOOKS = 30;

    private int withoutLease;

    /** Why, if another member's answer shows it. */
    static Optional<String> without(DatabaseContact own, Duration othersWriting) {
        return own.failing().compareTo(LOST) > 0 && othersWriting.compareTo(LOST) > 0
                ? Optional
                        .of("The database has not taken a write of this node for %d s, though it takes those of others"
                                .formatted(own.failing().toSeconds()))
                : Optional.empty();
    }

    /** Why, if so many looks in a row have shown it; to be asked once a second. */
    Optional<String> afterLook(boolean up, boolean leaseHeld) {
        withoutLease = up && !leaseHeld ? withoutLease + 1 : 0;
        return withoutLease >= LOOKS
                ? Optional.of(
                        "No majority of the members has answered this node for %d s, though the cluster counts it in"
                                .formatted(withoutLease))
                : Optional.empty();
    }
}
