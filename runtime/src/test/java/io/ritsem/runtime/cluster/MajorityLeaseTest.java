package io.ritsem.runtime.cluster;

import java.util.LinkedHashMap;
import java.util.OptionalLong;
import java.util.SequencedMap;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class MajorityLeaseTest {

    private static final long NEVER = -1;

    @Test void counts_from_the_moment_at_which_more_than_half_were_asked_who_have_answered() {
        assertThat(since(50)).hasValue(50);
        assertThat(since(50, 20, 40)).hasValue(40);
        assertThat(since(50, NEVER, 40)).hasValue(40);
        assertThat(since(50, NEVER, NEVER)).isEmpty();
        assertThat(since(50, 10, 20, 30, 40)).hasValue(30);
        assertThat(since()).isEmpty();
    }

    @Test void half_of_them_are_enough_with_the_first_who_stays_when_a_cluster_splits_into_halves() {
        assertThat(since(50, NEVER)).hasValue(50);
        assertThat(since(NEVER, 50)).isEmpty();
        assertThat(since(20, 50)).hasValue(20);
        assertThat(since(10, 50, 40, NEVER)).hasValue(10);
        assertThat(since(NEVER, 50, 40, 30)).hasValue(30);
        assertThat(since(NEVER, 50, 40, NEVER)).isEmpty();
        assertThat(since(45, 50, 20, 10)).hasValue(45);
    }

    @Test void is_held_for_five_seconds_from_then_and_never_again_once_revoked() {
        MajorityLease lease = new MajorityLease();
        assertThat(lease.isHeld()).isFalse();
        lease.renew(System.nanoTime());
        assertThat(lease.isHeld()).isTrue();
        lease.renew(System.nanoTime() - MajorityLease.HELD.toNanos());
        assertThat(lease.isHeld()).isFalse();

        lease.revoke();
        lease.renew(System.nanoTime());
        assertThat(lease.isHeld()).isFalse();
    }

    private static OptionalLong since(long... answered) {
        SequencedMap<String, OptionalLong> members = new LinkedHashMap<>();
        for (long moment : answered) {
            members.putLast("m" + members.size(), moment == NEVER ? OptionalLong.empty() : OptionalLong.of(moment));
        }
        return MajorityLease.answeredSince(members);
    }
}
