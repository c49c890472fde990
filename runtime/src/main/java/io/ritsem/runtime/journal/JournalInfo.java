package io.ritsem.runtime.journal;

/**
 * What holds for the whole journal.
 *
 * @param epoch changes when transaction ids may be used again, as after a restore
 * @param partitions how many there are; never changes
 */
public record JournalInfo(int epoch, int partitions) {}
