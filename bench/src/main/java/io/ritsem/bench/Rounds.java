package io.ritsem.bench;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import static io.ritsem.bench.Report.say;

/**
 * Kinds of work that are compared: each has its turn in every round, so that what disturbs the machine disturbs all of
 * them. What counts are medians, and of the ratios those within a round. Confined to its caller.
 */
final class Rounds {

    /** Works for so long. */
    interface Side {
        Round run(int seconds) throws Exception;
    }

    private final Map<String, Side> sides = new LinkedHashMap<>();
    private final Map<String, List<Round>> given = new LinkedHashMap<>();

    /** Adds one; the first is the unit of the others. */
    Rounds side(String name, Side side) {
        sides.put(name, side);
        given.put(name, new ArrayList<>());
        return this;
    }

    /** Lets each work, without looking at what it gives. */
    void warmUp(int seconds) throws Exception {
        say("Warming up for %d s each", seconds);
        for (Side side : sides.values()) {
            var _ = side.run(seconds);
        }
    }

    /** Measures, prints, and keeps the figures; returns the median rate of the unit. */
    double run(int rounds, int seconds, Report report) throws Exception {
        say("%n round %-44s %10s %8s %9s %9s", "", "/s", "ratio", "p50 ms", "p99 ms");
        for (int round = 1; round <= rounds; round++) {
            for (Map.Entry<String, Side> side : sides.entrySet()) {
                List<Round> own = given.getOrDefault(side.getKey(), List.of());
                own.add(side.getValue().run(seconds));
                print(Integer.toString(round), side.getKey(), own.getLast(), ratios(own).getLast());
            }
        }
        given.forEach((name, own) -> {
            Round median = new Round(own.stream().mapToLong(Round::operations).sum(),
                    Report.median(own.stream().map(Round::perSecond).toList()),
                    Report.median(own.stream().map(Round::p50).toList()),
                    Report.median(own.stream().map(Round::p99).toList()));
            double ratio = Report.median(ratios(own));
            print("median", name, median, ratio);
            String key = name.replaceAll("[^a-zA-Z0-9]+", "-");
            report.keep(key + "-per-second", median.perSecond());
            report.keep(key + "-ratio", ratio);
            if (median.p99() > 0) {
                report.keep(key + "-p50-millis", median.p50());
                report.keep(key + "-p99-millis", median.p99());
            }
        });
        return Report.median(given.values().iterator().next().stream().map(Round::perSecond).toList());
    }

    private List<Double> ratios(List<Round> own) {
        List<Round> unit = given.values().iterator().next();
        List<Double> ratios = new ArrayList<>();
        for (int round = 0; round < own.size(); round++) {
            ratios.add(own.get(round).perSecond() / unit.get(round).perSecond());
        }
        return ratios;
    }

    private static void print(String round, String name, Round given, double ratio) {
        String times = given.p99() == 0 ? "" : "%9.1f %9.1f".formatted(given.p50(), given.p99());
        say("%6s %-44s %,10.0f %8.2f %s", round, name, given.perSecond(), ratio, times);
    }
}
