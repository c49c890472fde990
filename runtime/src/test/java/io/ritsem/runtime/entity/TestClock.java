package io.ritsem.runtime.entity;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;

/** The real time, and as much later as a test wants. Thread-safe. */
final class TestClock extends Clock {

    private volatile Duration ahead = Duration.ZERO;

    void advance(Duration by) {
        ahead = ahead.plus(by);
    }

    @Override public Instant instant() {
        return Instant.now().plus(ahead);
    }

    @Override public ZoneId getZone() {
        return ZoneOffset.UTC;
    }

    @Override public Clock withZone(ZoneId zone) {
        throw new UnsupportedOperationException("Decisions are made in UTC");
    }
}
