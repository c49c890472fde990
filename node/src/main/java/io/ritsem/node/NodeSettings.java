package io.ritsem.node;

import java.time.Duration;
import java.util.Map;
import java.util.function.Function;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigException;
import com.typesafe.config.ConfigFactory;

import io.ritsem.http.server.HttpSettings;
import io.ritsem.projections.ProjectionSettings;
import io.ritsem.runtime.entity.EntitySettings;
import io.ritsem.runtime.journal.DatabaseSettings;
import io.ritsem.runtime.journal.JournalSettings;
import io.ritsem.runtime.sharding.ShardingSettings;

/**
 * All settings of a node, read once and checked. Immutable.
 *
 * @param config the whole configuration, for Akka
 * @param startWithin how long joining the cluster may take
 * @param stopWithin how long stopping may take in all
 */
record NodeSettings(Config config, DatabaseSettings database, JournalSettings journal, EntitySettings entities,
        ShardingSettings gateway, ProjectionSettings projections, HttpSettings http, ClusterSettings cluster,
        Duration startWithin, Duration stopWithin) {

    /** Where the command line's port goes. */
    static final String HTTP_PORT = "ritsem.http.port";

    static final String MANAGEMENT_PORT = "akka.management.http.port";

    private static final String PATH = "ritsem.node";

    NodeSettings {
        require(startWithin.isPositive(), "start-within", "more than 0 ms", startWithin);
        require(stopWithin.isPositive(), "stop-within", "more than 0 ms", stopWithin);
    }

    /**
     * Reads {@code application.conf}, the reference.conf of each module and the environment.
     *
     * @param overrides paths of the configuration with values that win over all others
     * @throws NodeStartException if something is wrong; it names the key and what would be right
     */
    static NodeSettings load(Map<String, ?> overrides) {
        return checked(overrides, config -> {
            ClusterSettings cluster = read("ritsem.node.cluster", ClusterSettings::from, config);
            EntitySettings entities = read("ritsem.runtime.entity", EntitySettings::from, config);
            AkkaTimes.check(config, entities.stopWithin());
            AkkaSizes.check(config);
            return new NodeSettings(cluster.discovery().withFallback(config),
                    read("ritsem.runtime.database", DatabaseSettings::from, config),
                    read("ritsem.runtime.journal", JournalSettings::from, config), entities,
                    read("ritsem.runtime.gateway", ShardingSettings::from, config),
                    read("ritsem.projections", ProjectionSettings::from, config), http(config), cluster,
                    config.getDuration(PATH + ".start-within"), config.getDuration(PATH + ".stop-within"));
        });
    }

    /**
     * Reads what concerns HTTP alone, for who has no database yet.
     *
     * @throws NodeStartException as {@link #load}
     */
    static HttpSettings loadHttp(Map<String, ?> overrides) {
        return checked(overrides, NodeSettings::http);
    }

    private static HttpSettings http(Config config) {
        return read("ritsem.http", HttpSettings::from, config);
    }

    private static <T> T checked(Map<String, ?> overrides, Function<Config, T> reading) {
        try {
            ConfigFactory.invalidateCaches();
            return reading.apply(ConfigFactory.load(ConfigFactory.parseMap(overrides, "the command line")
                    .withFallback(ConfigFactory.defaultApplication())));
        } catch (ConfigException | IllegalArgumentException wrong) {
            throw new NodeStartException("The configuration is wrong: " + wrong.getMessage(), wrong);
        }
    }

    /** A value of the wrong type is reported by the library without the section that it is in. */
    private static <T> T read(String section, Function<Config, T> settings, Config config) {
        try {
            return settings.apply(config);
        } catch (ConfigException wrong) {
            throw new IllegalArgumentException("in %s, %s".formatted(section, wrong.getMessage()), wrong);
        }
    }

    private static void require(boolean holds, String key, String right, Object actual) {
        if (!holds) {
            throw new IllegalArgumentException("%s.%s must be %s, but is %s".formatted(PATH, key, right, actual));
        }
    }
}
