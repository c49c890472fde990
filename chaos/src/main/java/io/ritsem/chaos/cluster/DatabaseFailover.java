package io.ritsem.chaos;

import java.io.IOException;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.OptionalLong;
import java.util.stream.IntStream;

import io.ritsem.chaos.check.Figures;
import io.ritsem.chaos.fault.Pause;
import io.ritsem.chaos.ground.Ground;
import io.ritsem.chaos.ground.Networks;
import io.ritsem.chaos.load.Traffic;
import io.ritsem.postgres.EmbeddedDatabase;

/**
 * The machine of the database goes away, network and all, and its synchronous standby is promoted 3 s later: what was
 * acknowledged is there, and writes are back soon.
 */
final class DatabaseFailover implements Scenario {

    private static final int BEFORE_MILLIS = 10_000;
    private static final int DECIDED_AFTER_MILLIS = 3_000;
    private static final double WRITES_WITHIN_SECONDS = 15;
    private static final int FULL_SERVICE_SECONDS = 60;

    @Override public String name() {
        return "database-failover";
    }

    @Override public List<Long> seeds(List<Long> asked) {
        return List.of(asked.getFirst());
    }

    @Override public Verdict run(Run run) throws IOException, SQLException {
        if (Cluster.ground().networks().isEmpty()) {
            return new Verdict.Skipped(run, Cluster.NO_NETWORKS);
        }
        try (Cluster cluster = Cluster.withStandby(run); Traffic traffic = cluster.traffic()) {
            EmbeddedDatabase primary = cluster.databases().getFirst();
            EmbeddedDatabase standby = cluster.databases().getLast();
            traffic.open();
            long began = System.nanoTime();
            traffic.start();
            Pause.millis(BEFORE_MILLIS + cluster.random().nextInt(1_000));
            cluster.diary().note("the primary goes away");
            Networks networks = cluster.networks().orElseThrow();
            List<String> all = new ArrayList<>(
                    IntStream.rangeClosed(1, Ground.NODES).mapToObj(networks::host).toList());
            all.add(standby.host());
            networks.part(List.of(primary.host()), all);
            primary.kill();
            long gone = System.nanoTime();
            Pause.millis(DECIDED_AFTER_MILLIS);
            standby.promote();
            cluster.diary().note("the standby is promoted");
            FullService.Found service = cluster.service().await(System.nanoTime(), FULL_SERVICE_SECONDS);
            Pause.millis(5_000);
            traffic.stop();
            List<String> broken = new ArrayList<>(service.missing());
            OptionalLong first = Figures.firstAcceptedAfter(cluster.calls().attempts(), gone);
            double back = (first.orElse(System.nanoTime()) - gone) / 1e9;
            if (back > WRITES_WITHIN_SECONDS) {
                broken.add(String.format(Locale.ROOT,
                        "the first write was acknowledged %.1f s after the primary had gone", back));
            }
            broken.addAll(cluster.inspect());
            return cluster.verdict(began, String.format(Locale.ROOT,
                    "writes back %.1f s after the primary had gone, full service %.1f s after the promotion", back,
                    service.seconds()), broken);
        }
    }
}
