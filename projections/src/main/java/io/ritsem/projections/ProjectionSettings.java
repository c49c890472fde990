package io.ritsem.projections;

import java.time.Duration;

import com.typesafe.config.Config;

import io.ritsem.projections.engine.EngineSettings;
import io.ritsem.projections.query.QuerySettings;
import io.ritsem.projections.store.GenerationSettings;
import io.ritsem.projections.tail.TailSettings;

/**
 * The projections' settings: {@code ritsem.projections} of the configuration, whose {@code reference.conf} is the manual.
 *
 * @param lease how long a node keeps a cursor without a sign of life
 */
public record ProjectionSettings(Duration lease, TailSettings tail, EngineSettings engine,
        GenerationSettings generations, QuerySettings query) {

    private static final String PATH = "ritsem.projections";

    public ProjectionSettings {
        require(lease.compareTo(Duration.ofSeconds(1)) >= 0, "lease", "at least 1 second", lease);
        require(tail.shortestInterval().isPositive(), "tail.shortest-interval", "more than 0 ms",
                tail.shortestInterval());
        require(tail.longestInterval().compareTo(tail.shortestInterval()) >= 0, "tail.longest-interval",
                "not less than tail.shortest-interval", tail.longestInterval());
        require(tail.batch() >= 1, "tail.batch", "at least 1 event", tail.batch());
        require(!tail.holdBack().isNegative(), "tail.hold-back", "0 ms or more", tail.holdBack());
        require(engine.batch() >= 1, "engine.batch", "at least 1 event", engine.batch());
        require(engine.connections() >= 1, "engine.connections", "at least 1", engine.connections());
        require(engine.progressEvery().isPositive(), "engine.progress-every", "more than 0 ms", engine.progressEvery());
        require(engine.retryAfter().isPositive(), "engine.retry-after", "more than 0 ms", engine.retryAfter());
        require(generations.rate() >= 0, "generations.rate", "0 or more events a second", generations.rate());
        require(!generations.keepPrevious().isNegative(), "generations.keep-previous", "0 s or more",
                generations.keepPrevious());
        require(generations.keepUnused().compareTo(Duration.ofMinutes(10)) >= 0, "generations.keep-unused",
                "at least 10 m", generations.keepUnused());
        require(query.connections() >= 1, "query.connections", "at least 1", query.connections());
    }

    /**
     * Reads {@code ritsem.projections} and checks it.
     *
     * @throws IllegalArgumentException naming the key and what would be right
     */
    public static ProjectionSettings from(Config root) {
        Config config = root.getConfig(PATH);
        return new ProjectionSettings(config.getDuration("lease"),
                new TailSettings(config.getDuration("tail.shortest-interval"),
                        config.getDuration("tail.longest-interval"), config.getInt("tail.batch"),
                        config.getDuration("tail.hold-back")),
                new EngineSettings(config.getInt("engine.batch"), config.getInt("engine.connections"),
                        config.getDuration("engine.progress-every"), config.getDuration("engine.retry-after")),
                new GenerationSettings(config.getInt("generations.rate"),
                        config.getDuration("generations.keep-previous"),
                        config.getDuration("generations.keep-unused")),
                new QuerySettings(config.getInt("query.connections")));
    }

    private static void require(boolean holds, String key, String right, Object actual) {
        if (!holds) {
            throw new IllegalArgumentException("%s.%s must be %s, but is %s".formatted(PATH, key, right, actual));
        }
    }
}
