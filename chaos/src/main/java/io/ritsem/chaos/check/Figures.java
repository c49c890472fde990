package io.ritsem.chaos.check;

import java.util.List;
import java.util.OptionalLong;
import java.util.stream.Collectors;

import io.ritsem.chaos.load.Attempt;
import io.ritsem.chaos.load.Told;
import io.ritsem.harness.Latencies;

/**
 * What clients saw. Immutable.
 *
 * @param commands how many they had
 * @param acknowledged how many of these were accepted
 * @param unknown answers that left it open, and answers that did not come
 * @param refused answers that nothing was stored
 * @param outageSeconds the longest time in which nobody was told that a command was accepted
 * @param p99Millis that of commands that were accepted when they were first sent
 */
public record Figures(long commands, long acknowledged, long unknown, long refused, double outageSeconds,
        double p99Millis) {

    /** Reads them off a log from a moment on. */
    public static Figures of(List<Attempt> log, long sinceNanos) {
        List<Attempt> attempts = log.stream().filter(attempt -> attempt.toldAt() >= sinceNanos).toList();
        Latencies latencies = new Latencies();
        latencies.add(attempts.stream()
                .filter(attempt -> attempt.number() == 1 && attempt.told() instanceof Told.Accepted)
                .mapToLong(attempt -> attempt.toldAt() - attempt.sentAt())
                .toArray());
        return new Figures(keys(attempts, Told.class), keys(attempts, Told.Accepted.class),
                count(attempts, Told.Unknown.class), count(attempts, Told.Refused.class),
                longestPause(attempts) / 1e9, latencies.percentile(0.99));
    }

    private static long keys(List<Attempt> attempts, Class<? extends Told> told) {
        return attempts.stream()
                .filter(attempt -> told.isInstance(attempt.told()))
                .map(attempt -> attempt.command().key())
                .collect(Collectors.toSet())
                .size();
    }

    private static long count(List<Attempt> attempts, Class<? extends Told> told) {
        return attempts.stream().filter(attempt -> told.isInstance(attempt.told())).count();
    }

    private static long longestPause(List<Attempt> attempts) {
        long[] accepted = attempts.stream()
                .filter(attempt -> attempt.told() instanceof Told.Accepted)
                .mapToLong(Attempt::toldAt)
                .sorted()
                .toArray();
        long longest = 0;
        for (int at = 1; at < accepted.length; at++) {
            longest = Math.max(longest, accepted[at] - accepted[at - 1]);
        }
        return longest;
    }

    /** When somebody was first told, of what was sent after this moment, that it was accepted, and not that it had been. */
    public static OptionalLong firstAcceptedAfter(List<Attempt> log, long nanos) {
        return log.stream()
                .filter(attempt -> attempt.sentAt() >= nanos && attempt.told() instanceof Told.Accepted accepted
                        && !accepted.replayed())
                .mapToLong(Attempt::toldAt)
                .min();
    }
}
