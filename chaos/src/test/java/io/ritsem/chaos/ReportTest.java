package io.ritsem.chaos;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.util.List;
import java.util.stream.IntStream;

import org.junit.jupiter.api.Test;

import io.ritsem.chaos.check.Figures;
import io.ritsem.chaos.scenario.Guard;
import io.ritsem.chaos.scenario.Run;
import io.ritsem.chaos.scenario.Verdict;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

class ReportTest {

    private static final Run RUN = new Run("some-fault", 7, Guard.NONE, 5);
    private static final Verdict PASSED = ran(List.of());
    private static final Verdict SKIPPED = new Verdict.Skipped(RUN, "needs a disk");

    private final ByteArrayOutputStream printed = new ByteArrayOutputStream();

    @Test void ends_with_0_if_all_passed_and_with_1_and_the_reasons_if_one_did_not() {
        assertThat(endOf(false, PASSED)).isZero();
        assertThat(lastLine()).isEqualTo("1 passed, 0 failed");
        assertThat(endOf(false, PASSED, ran(List.of("a reason")))).isOne();
        assertThat(lines()).contains("    a reason");
        assertThat(lastLine()).isEqualTo("1 passed, 1 failed");
    }

    @Test void shows_the_first_of_each_kind_and_how_many_more_there_are() {
        endOf(false, ran(List.of("a-1 has 2 effects", "a-1 lacks 3", "a-7 has 3 effects", "a-9 has 2 effects")));
        assertThat(lines()).endsWith("    a-1 has 2 effects", "      and 2 more of this kind", "    a-1 lacks 3",
                "0 passed, 1 failed");
        endOf(false, ran(IntStream.range(0, 14).mapToObj(n -> "of a kind".repeat(n)).toList()));
        assertThat(lines()).contains("    and 2 more kinds");
    }

    @Test void what_was_skipped_is_counted_and_fails_only_where_nothing_may_be() {
        assertThat(endOf(false, PASSED, SKIPPED)).isZero();
        assertThat(lines()).anyMatch(line -> line.endsWith("7 skipped: needs a disk"));
        assertThat(lastLine()).isEqualTo("1 passed, 0 failed, 1 skipped");

        assertThat(endOf(true, PASSED, SKIPPED)).isOne();
        assertThat(lines()).anyMatch(line -> line.contains("FAILED: with CI=true nothing may be skipped")
                && line.endsWith("needs a disk"));
        assertThat(lastLine()).isEqualTo("1 passed, 1 failed");
    }

    private int endOf(boolean nothingMayBeSkipped, Verdict... verdicts) {
        printed.reset();
        Report report = new Report(new PrintStream(printed, true, UTF_8), nothingMayBeSkipped);
        report.begin();
        List.of(verdicts).forEach(report::add);
        return report.end();
    }

    private List<String> lines() {
        return printed.toString(UTF_8).lines().toList();
    }

    private String lastLine() {
        return lines().getLast();
    }

    private static Verdict ran(List<String> broken) {
        return new Verdict.Ran(RUN, new Figures(1, 1, 0, 0, 0, 1), "a note", broken);
    }
}
