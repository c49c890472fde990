package io.ritsem.runtime.cluster;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.OptionalLong;
import java.util.SequencedMap;

/**
 * Whether this node may still speak for its entities: only within 5 s of a moment at which a majority of the members
 * answered it. Nobody answers whom any member has lost sight of (heartbeat pause, 5 s), and its entities are given to
 * somebody else at the earliest 8 s after that (stable for 7 s, removal margin 1 s), so whoever holds the lease has no
 * rival: what it says from memory is so. Time is measured by a clock that goes on while the process stands still.
 * Thread-safe; one thread renews it, anybody asks.
 */
public final class MajorityLease {

    /** How long an answer counts, from when the question was sent. */
    public static final Duration HELD = Duration.ofSeconds(5);

    private volatile long heldUntil = System.nanoTime();
    private volatile boolean revoked;

    /** Not held until somebody renews it. */
    public MajorityLease() {}

    /** Whether it is held at this moment. */
    public boolean isHeld() {
        return !revoked && heldUntil - System.nanoTime() > 0;
    }

    /** Until when, in {@link System#nanoTime()}; a moment in the past if it is not held. */
    public long heldUntil() {
        return revoked ? System.nanoTime() : heldUntil;
    }

    /** Until somebody renews it. */
    void lapse() {
        heldUntil = System.nanoTime();
    }

    /** For good: the node is about to leave without ceremony. */
    void revoke() {
        revoked = true;
    }

    /** A majority answered questions of that moment or later, in {@link System#nanoTime()}. */
    void renew(long answeredSince) {
        heldUntil = answeredSince + HELD.toNanos();
    }

    /**
     * The latest moment since which a majority has answered, by the rule by which a split cluster decides who stays: more
     * than half of the members, or half of them with the first.
     *
     * @param answered the members in the cluster's order of addresses, each with the moment of the last question that it
     *     answered, or empty
     */
    static OptionalLong answeredSince(SequencedMap<String, OptionalLong> answered) {
        List<Long> latestFirst = new ArrayList<>();
        answered.values().forEach(moment -> moment.ifPresent(latestFirst::add));
        latestFirst.sort(Comparator.reverseOrder());
        int members = answered.size();
        int more = members / 2 + 1;
        OptionalLong byMore = latestFirst.size() >= more
                ? OptionalLong.of(latestFirst.get(more - 1))
                : OptionalLong.empty();
        if (members == 0 || members % 2 == 1 || latestFirst.size() < members / 2) {
            return byMore;
        }
        OptionalLong first = answered.firstEntry().getValue();
        if (first.isEmpty()) {
            return byMore;
        }
        long byHalf = Math.min(first.getAsLong(), latestFirst.get(members / 2 - 1));
        return OptionalLong.of(byMore.isPresent() ? Math.max(byMore.getAsLong(), byHalf) : byHalf);
    }
}
