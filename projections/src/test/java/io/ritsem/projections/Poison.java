package io.ritsem.projections;

import java.util.function.Predicate;

import io.ritsem.domain.Recorded;

/**
 * What handlers of tests choke on. It stands outside of their files, so that to change it does not change the views: that
 * is how a mended library looks to them.
 */
final class Poison {

    private static volatile Predicate<Recorded> events = _ -> false;
    private static volatile Predicate<String> rows = _ -> false;

    private Poison() {}

    static void events(Predicate<Recorded> poisoned) {
        events = poisoned;
    }

    static void rows(Predicate<String> poisoned) {
        rows = poisoned;
    }

    /** No more of it. */
    static void heal() {
        events = _ -> false;
        rows = _ -> false;
    }

    static void taste(Recorded event) {
        if (events.test(event)) {
            throw new IllegalStateException("no, not " + event.id() + " at " + event.sequence());
        }
    }

    static void taste(String row) {
        if (rows.test(row)) {
            throw new IllegalStateException("no, not " + row);
        }
    }
}
