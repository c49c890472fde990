package io.ritsem.runtime.journal;

import java.util.Map;

/**
 * How far somebody has seen the journal: per partition, a transaction id up to which everything counts. An answer to a
 * command names one partition, a view's answer all that it reads. Immutable; opaque to clients.
 *
 * @param epoch the journal's epoch, which changes when transaction ids may be used again
 * @param seen the transaction id by partition; a partition that is not there counts as unseen
 */
public record ConsistencyToken(int epoch, Map<Integer, Long> seen) {

    public ConsistencyToken {
        seen = Map.copyOf(seen);
    }

    /** One write's place. */
    public static ConsistencyToken of(int epoch, int partition, long transactionId) {
        return new ConsistencyToken(epoch, Map.of(partition, transactionId));
    }

    /**
     * Both: the later of the two in each partition.
     *
     * @throws IllegalArgumentException if the epochs differ
     */
    public ConsistencyToken merge(ConsistencyToken other) {
        throw new UnsupportedOperationException();
    }

    /** Its form for clients: URL-safe characters. Equal tokens give equal texts. */
    public String encode() {
        throw new UnsupportedOperationException();
    }

    /**
     * Reads it back.
     *
     * @throws IllegalArgumentException if it is none
     */
    public static ConsistencyToken parse(String text) {
        throw new UnsupportedOperationException();
    }
}
