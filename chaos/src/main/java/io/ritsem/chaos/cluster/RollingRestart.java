package io.ritsem.chaos.cluster;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.OptionalInt;

import io.ritsem.chaos.check.Pauses;
import io.ritsem.chaos.fault.Pause;
import io.ritsem.chaos.load.Attempt;
import io.ritsem.chaos.load.SessionLog.Missed;
import io.ritsem.chaos.load.Traffic;

/** Three nodes are replaced one after the other, five times, under load: clients see pauses, and no error. */
final class RollingRestart implements UnderTraffic {

    private static final int TIMES = 5;
    private static final int BETWEEN_MILLIS = 2_000;
    private static final int FULL_SERVICE_SECONDS = 60;
    private static final double LONGEST_PAUSE_SECONDS = 3;

    @Override public String name() {
        return "rolling-restart";
    }

    @Override public String happen(Cluster cluster, Traffic traffic, List<String> broken) {
        long began = System.nanoTime();
        for (int time = 0; time < TIMES; time++) {
            for (ClusterNode node : cluster.nodes()) {
                Pause.millis(BETWEEN_MILLIS);
                OptionalInt exit = cluster.platform().roll(node);
                if (!exit.equals(OptionalInt.of(0))) {
                    broken.add("node %d was asked to stop and ended with %s".formatted(node.number(), exit));
                }
            }
        }
        broken.addAll(cluster.service().await(System.nanoTime(), FULL_SERVICE_SECONDS).missing());
        traffic.stop();
        return "%d replacements, %s".formatted(TIMES * cluster.nodes().size(), unnoticed(cluster, began, broken));
    }

    /** That no request failed since a moment, and that no pause was long. */
    static String unnoticed(Cluster cluster, long since, List<String> broken) {
        List<String> failed = failed(cluster, since);
        failed.forEach(cluster.diary()::note);
        broken.addAll(failed);
        Pauses pauses = new Pauses(Traffic.probed());
        double longest = pauses.longest(cluster.calls().attempts(), since);
        cluster.diary().note(pauses.longestInWords(cluster.calls().attempts(), since));
        if (longest > LONGEST_PAUSE_SECONDS) {
            broken.add(pauses.longestInWords(cluster.calls().attempts(), since));
        }
        return String.format(Locale.ROOT, "%d requests failed, a pause of %.1f s at most", failed.size(), longest);
    }

    /** The requests that were not answered with something certain. */
    private static List<String> failed(Cluster cluster, long began) {
        List<String> failed = new ArrayList<>();
        for (Attempt attempt : cluster.calls().attempts()) {
            if (attempt.sentAt() > began && !attempt.told().isCertain()) {
                failed.add("%s of %s, sent %.1f s after the beginning, was told %s after %d ms".formatted(
                        attempt.command().name(), attempt.command().account(), (attempt.sentAt() - began) / 1e9,
                        attempt.told(), (attempt.toldAt() - attempt.sentAt()) / 1_000_000));
            }
        }
        for (Missed missed : cluster.sessions().missed()) {
            if (!missed.behind()) {
                failed.add("%s, sent %.1f s after the beginning, after %d ms".formatted(missed.what(),
                        (missed.sentAt() - began) / 1e9, (missed.toldAt() - missed.sentAt()) / 1_000_000));
            }
        }
        return failed;
    }
}
