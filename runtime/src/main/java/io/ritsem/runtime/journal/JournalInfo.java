package io.ritsem.runtime.journal;

import java.util.UUID;

/**
 * What holds for the whole journal.
 *
 * @param id which one it is; a copy of a database has the same
 * @param epoch changes when transaction ids may be used again, as after a restore
 * @param partitions how many there are; never changes
 */
public record JournalInfo(UUID id, int epoch, int partitions) {

    /** What all members of a cluster must have in common. */
    public String identity() {
        return "%s/%d".formatted(id, epoch);
    }
}
