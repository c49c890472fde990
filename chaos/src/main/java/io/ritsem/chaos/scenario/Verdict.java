package io.ritsem.chaos.scenario;

import java.util.List;

import io.ritsem.chaos.check.Figures;

/** What a run of a scenario came to. */
public sealed interface Verdict {

    /**
     * It ran.
     *
     * @param note what else it measured, in words
     * @param broken what does not hold; empty if all does
     */
    record Ran(Run run, Figures figures, String note, List<String> broken) implements Verdict {}

    /** It cannot be had on this machine. */
    record Skipped(Run run, String reason) implements Verdict {}
}
