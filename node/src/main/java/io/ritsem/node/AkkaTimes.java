package io.ritsem.node;

import java.time.Duration;

import com.typesafe.config.Config;

import io.ritsem.runtime.cluster.MajorityLease;

/**
 * What Akka is told, and must not be told otherwise: times by which entities have one owner, and their callers an answer, and
 * by which a node leaves its cluster when it stops.
 */
final class AkkaTimes {

    private static final String HAND_OFF = "akka.cluster.sharding.handoff-timeout";
    private static final String STABLE = "akka.cluster.split-brain-resolver.stable-after";
    private static final String MARGIN = "akka.cluster.down-removal-margin";
    private static final String STOP = "ritsem.node.stop-within";
    private static final String SHUTDOWN = "akka.coordinated-shutdown";

    /** Akka ends entities so long before the end of a hand-off. */
    private static final Duration ENDED_BEFORE = Duration.ofSeconds(5);

    /** Until each member knows whom another has lost sight of. */
    private static final Duration GOSSIP = Duration.ofSeconds(2);

    private AkkaTimes() {}

    /** @throws IllegalArgumentException if they do not fit; the message says what would */
    static void check(Config config, Duration entityStopsWithin) {
        require(config, HAND_OFF, config.getDuration(HAND_OFF), entityStopsWithin.plus(ENDED_BEFORE),
                "ritsem.runtime.entity.stop-within and 5 s more");
        require(config, STABLE, config.getDuration(STABLE).plus(config.getDuration(MARGIN)),
                MajorityLease.HELD.plus(GOSSIP),
                "with " + MARGIN + " the time for which a node speaks without an answer, and 2 s more");
        require(config, STOP, config.getDuration(STOP), phases(config.getConfig(SHUTDOWN)),
                "all phases of " + SHUTDOWN + " together");
    }

    private static Duration phases(Config shutdown) {
        Config phases = shutdown.getConfig("phases");
        return phases.root()
                .keySet()
                .stream()
                .map(phases::getConfig)
                .map(
                        phase -> phase.hasPath("timeout") ? phase.getDuration("timeout")
                                : shutdown.getDuration("default-phase-timeout"))
                .reduce(Duration.ZERO, Duration::plus);
    }

    private static void require(Config config, String path, Duration actual, Duration atLeast, String what) {
        if (actual.compareTo(atLeast) <= 0) {
            throw new IllegalArgumentException("%s is %s, but it must be longer than %s: %s".formatted(path,
                    config.getString(path), atLeast, what));
        }
    }
}
