package io.ritsem.chaos.cluster;

import java.io.IOException;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.OptionalLong;

import io.ritsem.chaos.check.Figures;
import io.ritsem.chaos.fault.Pause;
import io.ritsem.chaos.load.Traffic;
import io.ritsem.chaos.scenario.Run;
import io.ritsem.postgres.EmbeddedDatabase;

/**
 * The machine of the database goes away, network and all, and its synchronous standby is promoted 3 s later: what was
 * acknowledged is there, and writes are back soon.
 */
final class DatabaseFailover implements UnderTraffic {

    private static final int BEFORE_MILLIS = 10_000;
    private static final int DECIDED_AFTER_MILLIS = 3_000;
    private static final int AFTER_MILLIS = 5_000;
    private static final double WRITES_WITHIN_SECONDS = 15;
    private static final int FULL_SERVICE_SECONDS = 60;

    @Override public String name() {
        return "database-failover";
    }

    @Override public boolean needsNetworks() {
        return true;
    }

    @Override public Cluster open(Run run) throws IOException, SQLException {
        return Cluster.withStandby(run);
    }

    @Override public String happen(Cluster cluster, Traffic traffic, List<String> broken) {
        EmbeddedDatabase standby = cluster.databases().getLast();
        Pause.millis(BEFORE_MILLIS + cluster.random().nextInt(1_000));
        long gone = primaryGoes(cluster);
        Pause.millis(DECIDED_AFTER_MILLIS);
        standby.promote();
        cluster.diary().note("the standby is promoted");
        FullService.Found service = cluster.service().await(System.nanoTime(), FULL_SERVICE_SECONDS);
        broken.addAll(service.missing());
        Pause.millis(AFTER_MILLIS);
        traffic.stop();
        OptionalLong first = Figures.firstAcceptedAfter(cluster.calls().attempts(), gone);
        double back = (first.orElse(System.nanoTime()) - gone) / 1e9;
        if (back > WRITES_WITHIN_SECONDS) {
            broken.add(String.format(Locale.ROOT, "the first write was acknowledged %.1f s after the primary had gone",
                    back));
        }
        return String.format(Locale.ROOT,
                "writes back %.1f s after the primary had gone, full service %.1f s after the promotion", back,
                service.seconds());
    }

    /** Returns when nobody reaches it any more and it is dead. */
    private static long primaryGoes(Cluster cluster) {
        EmbeddedDatabase primary = cluster.databases().getFirst();
        cluster.diary().note("the primary goes away");
        List<String> others = new ArrayList<>(cluster.nodes().stream().map(node -> node.address().host()).toList());
        others.add(cluster.databases().getLast().host());
        cluster.networks().orElseThrow().part(List.of(primary.host()), others);
        primary.kill();
        return System.nanoTime();
    }
}
