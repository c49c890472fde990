package io.ritsem.testkit;

import java.time.Instant;

/** What a scenario assumes where its test says nothing. Constants. */
final class Defaults {

    static final String ID = "an-id";
    static final String TYPE = "entity";
    static final Instant TIME = Instant.parse("2000-01-01T00:00:00Z");

    private Defaults() {}
}
