package io.ritsem.chaos.check;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;

import io.ritsem.chaos.load.Attempt;
import io.ritsem.harness.Latencies;

/**
 * How faults were felt by probes, each of which sends commands to one account: at the accounts that they met and at the
 * others. Not thread-safe.
 */
public final class Pauses {

    private static final long FELT = TimeUnit.SECONDS.toNanos(15);

    private final Set<String> probed;
    private final List<Fault> faults = new ArrayList<>();

    private record Fault(long at, Set<String> met) {}

    /**
     * What the probes felt, for each command from when it was first sent until its answer was certain, or it was given up.
     *
     * @param slowestSeconds at accounts that a fault had met
     * @param medianSeconds over faults, of the slowest of each
     * @param othersP99 at other accounts, in milliseconds
     * @param othersSlowestSeconds likewise
     */
    public record Found(double slowestSeconds, double medianSeconds, double othersP99, double othersSlowestSeconds) {}

    /** @param probed the accounts of the probes */
    public Pauses(Collection<String> probed) {
        this.probed = Set.copyOf(probed);
    }

    /** A fault that meets these accounts happens now. */
    public void fault(Set<String> met) {
        faultAt(System.nanoTime(), met);
    }

    void faultAt(long nanos, Set<String> met) {
        faults.add(new Fault(nanos, Set.copyOf(met)));
    }

    /** What of it a log shows: of commands that were answered after a fault, and sent at most 15 s after it. */
    public Found of(List<Attempt> log) {
        List<Long> slowest = new ArrayList<>();
        List<Long> others = new ArrayList<>();
        Collection<Waited> waited = waited(log);
        for (Fault fault : faults) {
            long slowestOfThis = 0;
            for (Waited command : waited) {
                boolean felt = command.until() >= fault.at() && command.from() <= fault.at() + FELT;
                if (felt && fault.met().contains(command.account())) {
                    slowestOfThis = Math.max(slowestOfThis, command.nanos());
                } else if (felt) {
                    others.add(command.nanos());
                }
            }
            slowest.add(slowestOfThis);
        }
        Latencies latencies = new Latencies();
        latencies.add(others.stream().mapToLong(Long::longValue).toArray());
        List<Long> sorted = slowest.stream().sorted().toList();
        return new Found(seconds(sorted, sorted.size() - 1), seconds(sorted, sorted.size() / 2),
                latencies.percentile(0.99), latencies.percentile(1) / 1e3);
    }

    private static double seconds(List<Long> nanos, int at) {
        return nanos.isEmpty() ? 0 : nanos.get(at) / 1e9;
    }

    /** The longest that any probe waited for one answer from a moment on, in seconds. */
    public double longest(List<Attempt> log, long sinceNanos) {
        return longestOf(log, sinceNanos).map(Waited::nanos).orElse(0L) / 1e9;
    }

    /** Whose wait it was, and when it began, for who looks what happened then. */
    public String longestInWords(List<Attempt> log, long sinceNanos) {
        return longestOf(log, sinceNanos)
                .map(command -> String.format(Locale.ROOT, "%s waited for %.1f s, from %.1f s after the beginning",
                        command.account(), command.nanos() / 1e9, (command.from() - sinceNanos) / 1e9))
                .orElse("nobody waited");
    }

    private Optional<Waited> longestOf(List<Attempt> log, long sinceNanos) {
        return waited(log).stream()
                .filter(command -> command.until() >= sinceNanos)
                .max(Comparator.comparingLong(Waited::nanos));
    }

    private record Waited(String account, long from, long until) {

        Waited and(Waited other) {
            return new Waited(account, Math.min(from, other.from), Math.max(until, other.until));
        }

        long nanos() {
            return until - from;
        }
    }

    private Collection<Waited> waited(List<Attempt> log) {
        Map<String, Waited> commands = new HashMap<>();
        log.stream()
                .filter(attempt -> probed.contains(attempt.command().account()))
                .forEach(attempt -> commands.merge(attempt.command().key(),
                        new Waited(attempt.command().account(), attempt.sentAt(), attempt.toldAt()), Waited::and));
        return commands.values();
    }
}
