package io.ritsem.runtime.sharding;

import com.typesafe.config.Config;

/**
 * How many may be on their way: {@code ritsem.runtime.gateway} of the configuration.
 *
 * @param inFlight commands and reads of this node that wait for an entity's answer
 */
public record ShardingSettings(int inFlight) {

    private static final String IN_FLIGHT = "ritsem.runtime.gateway.in-flight";

    public ShardingSettings {
        if (inFlight < 1) {
            throw new IllegalArgumentException(IN_FLIGHT + " must be at least 1, but is " + inFlight);
        }
    }

    /** Reads {@code ritsem.runtime.gateway}. */
    public static ShardingSettings from(Config root) {
        return new ShardingSettings(root.getInt(IN_FLIGHT));
    }
}
