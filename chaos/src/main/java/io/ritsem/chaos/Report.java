package io.ritsem.chaos;

import java.io.PrintStream;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

import io.ritsem.chaos.check.Figures;
import io.ritsem.chaos.scenario.Run;
import io.ritsem.chaos.scenario.Verdict;

/** The table of all runs, printed row by row, and what they come to. Not thread-safe. */
final class Report {

    private static final int SHOWN = 12;
    private static final Pattern WORD_OF_ONE_FINDING = Pattern.compile("\\S*[0-9]\\S*");

    private final PrintStream out;
    private final boolean nothingMayBeSkipped;
    private int passed;
    private int failed;
    private int skipped;

    /** @param nothingMayBeSkipped whether a run that this machine cannot have counts as failed */
    Report(PrintStream out, boolean nothingMayBeSkipped) {
        this.out = out;
        this.nothingMayBeSkipped = nothingMayBeSkipped;
    }

    /** Prints the head. */
    void begin() {
        say("%-25s %4s %9s %12s %8s %8s %9s %8s  %s", "scenario", "seed", "commands", "acknowledged", "unknown",
                "refused", "outage s", "p99 ms", "");
    }

    /** Prints a row, and what does not hold. */
    void add(Verdict verdict) {
        switch (verdict) {
            case Verdict.Ran(Run run, Figures figures, String note, List<String> broken) -> {
                say("%-25s %4d %,9d %,12d %,8d %,8d %9.1f %8.1f  %s: %s", run.scenario(), run.seed(),
                        figures.commands(), figures.acknowledged(), figures.unknown(), figures.refused(),
                        figures.outageSeconds(), figures.p99Millis(), broken.isEmpty() ? "passed" : "FAILED", note);
                show(broken);
                passed += broken.isEmpty() ? 1 : 0;
                failed += broken.isEmpty() ? 0 : 1;
            }
            case Verdict.Skipped(Run run, String reason) when nothingMayBeSkipped -> {
                say("%-25s %4d FAILED: with CI=true nothing may be skipped, and this was: %s", run.scenario(),
                        run.seed(), reason);
                failed++;
            }
            case Verdict.Skipped(Run run, String reason) -> {
                say("%-25s %4d skipped: %s", run.scenario(), run.seed(), reason);
                skipped++;
            }
        }
    }

    /** The first of each kind, so that a thousand of one do not hide the one of another. */
    private void show(List<String> broken) {
        Map<String, List<String>> kinds = broken.stream()
                .collect(Collectors.groupingBy(Report::kind, LinkedHashMap::new, Collectors.toList()));
        kinds.values().stream().limit(SHOWN).forEach(kind -> {
            say("    %s", kind.getFirst());
            if (kind.size() > 1) {
                say("      and %d more of this kind", kind.size() - 1);
            }
        });
        if (kinds.size() > SHOWN) {
            say("    and %d more kinds", kinds.size() - SHOWN);
        }
    }

    /** What it says without who, when and how many, which have digits. */
    private static String kind(String finding) {
        return WORD_OF_ONE_FINDING.matcher(finding).replaceAll("#");
    }

    /** Prints how many there were of each; returns 0, or 1 if one failed. */
    int end() {
        say("%d passed, %d failed%s", passed, failed, skipped == 0 ? "" : ", " + skipped + " skipped");
        return failed == 0 ? 0 : 1;
    }

    @SuppressWarnings("AnnotateFormatMethod") // the annotation would be a dependency for one line
    private void say(String format, Object... values) {
        out.println(String.format(Locale.ROOT, format, values));
    }
}
