package io.ritsem.chaos.cluster;

import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;

import io.ritsem.chaos.check.Pauses;
import io.ritsem.chaos.fault.Pause;
import io.ritsem.chaos.load.Traffic;

/**
 * A node of three is killed every 20 s, 15 times, and the platform starts another in its place: its entities answer again
 * within 20 s, and those of the others hardly notice.
 */
final class NodeKills implements UnderTraffic {

    private static final int TIMES = 15;
    private static final long EVERY = TimeUnit.SECONDS.toNanos(20);
    private static final double ANSWERS_WITHIN_SECONDS = 20;
    private static final double OTHERS_P99_MILLIS = 500;
    private static final int FULL_SERVICE_SECONDS = 60;
    private static final int AFTER_MILLIS = 2_000;

    @Override public String name() {
        return "node-kills";
    }

    @Override public String happen(Cluster cluster, Traffic traffic, List<String> broken) {
        long began = System.nanoTime();
        Pauses pauses = new Pauses(Traffic.probed());
        for (int time = 1; time <= TIMES; time++) {
            Pause.millis(TimeUnit.NANOSECONDS.toMillis(Math.max(0, began + time * EVERY - System.nanoTime())));
            cluster.nodes().forEach(cluster.platform()::awaitReady); // one left of three would be no majority
            ClusterNode victim = cluster.any();
            cluster.diary().note("node %d is killed".formatted(victim.number()));
            pauses.fault(cluster.ownedBy(victim));
            victim.process().kill();
        }
        FullService.Found service = cluster.service().await(System.nanoTime(), FULL_SERVICE_SECONDS);
        broken.addAll(service.missing());
        Pause.millis(AFTER_MILLIS);
        traffic.stop();
        Pauses.Found found = pauses.of(cluster.calls().attempts());
        if (found.slowestSeconds() > ANSWERS_WITHIN_SECONDS) {
            broken.add("an entity of a killed node answered only after %.1f s".formatted(found.slowestSeconds()));
        }
        if (found.othersP99() > OTHERS_P99_MILLIS) {
            broken.add("the p99 of the others' entities was %.0f ms".formatted(found.othersP99()));
        }
        return String.format(Locale.ROOT,
                "%d kills, an entity of the killed answered after %.1f s at most (median %.1f); others p99 %.0f ms;"
                        + " full service after %.1f s",
                TIMES, found.slowestSeconds(), found.medianSeconds(), found.othersP99(), service.seconds());
    }
}
