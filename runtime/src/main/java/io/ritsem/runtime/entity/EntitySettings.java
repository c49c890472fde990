package io.ritsem.runtime.entity;

import java.time.Duration;

import com.typesafe.config.Config;

/**
 * How entities are hosted: {@code ritsem.runtime.entity} of the configuration, whose {@code reference.conf} is the
 * manual.
 *
 * @param queue how many commands and reads may wait in one entity
 * @param batch how many of them are decided and stored at once
 * @param snapshotEvery how many events lie between two snapshots
 * @param keyRetention how long a spent idempotency key is remembered, if it is one of the newest
 * @param stopWithin how long a stopping entity may take to finish what is begun
 */
public record EntitySettings(int queue, int batch, int snapshotEvery, Duration keyRetention, Duration stopWithin) {

    private static final String PATH = "ritsem.runtime.entity";

    public EntitySettings {
        require(queue >= 1, "queue", "at least 1");
        require(batch >= 1, "batch", "at least 1");
        require(snapshotEvery >= 2, "snapshot-every", "at least 2 events");
        require(keyRetention.compareTo(Duration.ofMinutes(1)) >= 0, "key-retention", "at least 1 minute");
        require(stopWithin.isPositive(), "stop-within", "longer than nothing");
    }

    /** Reads {@code ritsem.runtime.entity}. */
    public static EntitySettings from(Config root) {
        Config config = root.getConfig(PATH);
        return new EntitySettings(config.getInt("queue"), config.getInt("batch"), config.getInt("snapshot-every"),
                config.getDuration("key-retention"), config.getDuration("stop-within"));
    }

    private static void require(boolean holds, String key, String right) {
        if (!holds) {
            throw new IllegalArgumentException(PATH + "." + key + " must be " + right);
        }
    }
}
