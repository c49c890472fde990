package io.ritsem.runtime.journal;

/**
 * The journal runs as a few lanes, each a plugin with its own actor and queue, so that a slow write holds back only its
 * lane. Which one an entity uses is a hash of its persistence id; it matters to nobody else, for all lanes write one
 * table. Immutable.
 *
 * @param count how many there are
 */
public record JournalLanes(int count) {

    /** The plugin that keeps snapshots. */
    public static final String SNAPSHOTS = "ritsem.runtime.snapshots";

    /** The plugin that an entity writes through. */
    public String pluginIdOf(String persistenceId) {
        // other bits than those of the partition, so that a busy partition is not a busy lane
        return "ritsem.runtime.journal.lane-" + (Partition.hash(persistenceId) >>> Short.SIZE) % count;
    }
}
