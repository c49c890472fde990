package io.ritsem.testkit;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

import org.jspecify.annotations.Nullable;

/** An expectation that does not hold, told line by line. Stateless. */
final class Mismatch {

    private Mismatch() {}

    static void check(String what, @Nullable Object expected, @Nullable Object actual, String... circumstances) {
        if (!Objects.equals(expected, actual)) {
            throw of(what, expected, actual, circumstances);
        }
    }

    static AssertionError of(String what, @Nullable Object expected, @Nullable Object actual, String... circumstances) {
        List<String> lines = new ArrayList<>();
        lines.add("not the expected %s (- expected, + actual)".formatted(what));
        lines.addAll(List.of(circumstances));
        List<String> difference = difference(Rendering.of(expected), Rendering.of(actual));
        lines.addAll(difference);
        if (difference.stream().allMatch(line -> line.startsWith("  "))) {
            lines.add("both print alike, but they are not equal");
        }
        return new AssertionError(String.join("\n    ", lines));
    }

    /** The shortest edit from one to the other, by the longest common subsequence: right for a dozen lines. */
    private static List<String> difference(List<String> expected, List<String> actual) {
        int[][] common = commonLines(expected, actual);
        List<String> lines = new ArrayList<>();
        int e = 0;
        int a = 0;
        while (e < expected.size() || a < actual.size()) {
            if (e < expected.size() && a < actual.size() && expected.get(e).equals(actual.get(a))) {
                lines.add("  " + expected.get(e++));
                a++;
            } else if (a == actual.size() || (e < expected.size() && common[e + 1][a] >= common[e][a + 1])) {
                lines.add("- " + expected.get(e++));
            } else {
                lines.add("+ " + actual.get(a++));
            }
        }
        return lines;
    }

    /** At [e][a]: how many lines the two have in common from there on, in order. */
    private static int[][] commonLines(List<String> expected, List<String> actual) {
        int[][] common = new int[expected.size() + 1][actual.size() + 1];
        for (int e = expected.size() - 1; e >= 0; e--) {
            for (int a = actual.size() - 1; a >= 0; a--) {
                common[e][a] = expected.get(e).equals(actual.get(a))
                        ? common[e + 1][a + 1] + 1
                        : Math.max(common[e + 1][a], common[e][a + 1]);
            }
        }
        return common;
    }
}
