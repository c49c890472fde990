package io.ritsem.deploy;

import java.util.List;
import java.util.function.Predicate;

/**
 * A rule of the house for manifests, with changes of which each breaks it. Immutable.
 *
 * @param says the rule, as a sentence
 * @param concerns the renderings that it is about
 * @param keeps whether a rendering keeps it
 * @param breaks changes that a rendering must not survive
 */
record Rule(String says, Predicate<Manifests> concerns, Predicate<Manifests> keeps, List<Break> breaks) {

    /** Changes a rendering for the worse. */
    interface Break {
        void on(Manifests manifests);
    }

    /** A rule for all renderings. */
    static Rule of(String says, Predicate<Manifests> keeps, Break... breaks) {
        return new Rule(says, _ -> true, keeps, List.of(breaks));
    }

    /** The same for those renderings only. */
    Rule where(Predicate<Manifests> concerned) {
        return new Rule(says, concerned, keeps, breaks);
    }

    boolean isKeptBy(Manifests manifests) {
        try {
            return keeps.test(manifests);
        } catch (NullPointerException | IllegalStateException missing) {
            // what is not there cannot be as it should be
            return false;
        }
    }
}
