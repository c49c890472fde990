package io.ritsem.runtime.journal;

import java.time.Duration;

import com.typesafe.config.Config;

/**
 * How the journal is written: {@code ritsem.runtime.journal} of the configuration.
 *
 * @param lanes how many lanes there are, and writers, 1 to 4
 * @param queue how many writes may wait in each lane
 * @param batch how many events one statement stores
 * @param longestWait how long a write may wait in its lane before it is refused instead of stored
 */
public record JournalSettings(int lanes, int queue, int batch, Duration longestWait) {

    private static final String PATH = "ritsem.runtime.journal";
    private static final int MOST_LANES = 4;

    public JournalSettings {
        require(lanes >= 1 && lanes <= MOST_LANES, "lanes", "1 to " + MOST_LANES, lanes);
        require(queue >= 1, "queue", "at least 1", queue);
        require(batch >= 1, "batch", "at least 1", batch);
        if (!longestWait.isPositive()) {
            throw new IllegalArgumentException(PATH + ".longest-wait must be more than 0, but is " + longestWait);
        }
    }

    /** Reads {@code ritsem.runtime.journal}. */
    public static JournalSettings from(Config root) {
        Config config = root.getConfig(PATH);
        return new JournalSettings(config.getInt("lanes"), config.getInt("queue"), config.getInt("batch"),
                config.getDuration("longest-wait"));
    }

    private static void require(boolean holds, String key, String right, int value) {
        if (!holds) {
            throw new IllegalArgumentException("%s.%s must be %s, but is %d".formatted(PATH, key, right, value));
        }
    }
}
