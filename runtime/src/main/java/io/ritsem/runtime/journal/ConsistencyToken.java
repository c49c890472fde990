package io.ritsem.runtime.journal;

import java.nio.ByteBuffer;
import java.util.Base64;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;

/**
 * How far somebody has seen the journal: per partition, a transaction id up to which everything counts. An answer to a
 * command names one partition, a view's answer all that it reads. Immutable; opaque to clients.
 *
 * @param epoch the journal's epoch, which changes when transaction ids may be used again
 * @param seen the transaction id by partition; a partition that is not there counts as unseen
 */
public record ConsistencyToken(int epoch, Map<Integer, Long> seen) {

    private static final byte FORMAT = 1;
    private static final int ENTRY = Short.BYTES + Long.BYTES;
    private static final int LONGEST_SHOWN = 40;

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
        if (epoch != other.epoch) {
            throw new IllegalArgumentException("Tokens of different epochs, %d and %d".formatted(epoch, other.epoch));
        }
        Map<Integer, Long> both = new HashMap<>(seen);
        other.seen.forEach((partition, transaction) -> both.merge(partition, transaction, Math::max));
        return new ConsistencyToken(epoch, both);
    }

    /** Its form for clients: URL-safe characters. Equal tokens give equal texts. */
    public String encode() {
        ByteBuffer out = ByteBuffer.allocate(1 + Integer.BYTES + seen.size() * ENTRY);
        out.put(FORMAT).putInt(epoch);
        new TreeMap<>(seen).forEach((partition, transaction) -> out.putShort(partition.shortValue())
                .putLong(transaction));
        return Base64.getUrlEncoder().withoutPadding().encodeToString(out.array());
    }

    /**
     * Reads it back.
     *
     * @throws IllegalArgumentException if it is none
     */
    public static ConsistencyToken parse(String text) {
        byte[] bytes;
        try {
            bytes = Base64.getUrlDecoder().decode(text);
        } catch (IllegalArgumentException notBase64) {
            throw noToken(text);
        }
        int entries = bytes.length - 1 - Integer.BYTES;
        if (entries < 0 || entries % ENTRY != 0 || bytes[0] != FORMAT) {
            throw noToken(text);
        }
        ByteBuffer in = ByteBuffer.wrap(bytes, 1, bytes.length - 1);
        int epoch = in.getInt();
        Map<Integer, Long> seen = new HashMap<>();
        while (in.hasRemaining()) {
            int partition = in.getShort();
            long transaction = in.getLong();
            if (partition < 0 || transaction < 0 || seen.put(partition, transaction) != null) {
                throw noToken(text);
            }
        }
        return new ConsistencyToken(epoch, seen);
    }

    private static IllegalArgumentException noToken(String text) {
        String shown = text.length() > LONGEST_SHOWN ? text.substring(0, LONGEST_SHOWN) + "..." : text;
        return new IllegalArgumentException(
                "Not a consistency token, which is what an answer said in Consistency-Token: '" + shown + "'");
    }
}
