package io.ritsem.runtime.journal;

import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Base64;
import java.util.HashMap;
import java.util.Map;

/**
 * How far somebody has seen the journal: per partition, a transaction id up to which everything counts. An answer to a
 * command names one partition, a view's answer all that it reads. Immutable; opaque to clients.
 *
 * @param epoch the journal's epoch, which changes when transaction ids may be used again
 * @param seen the transaction id by partition; a partition that is not there counts as unseen
 */
public record ConsistencyToken(int epoch, Map<Integer, Long> seen) {

    private static final byte FORMAT = 1;
    private static final int MOST_PARTITIONS = 1024;
    private static final int LONGEST_SHOWN = 40;
    private static final int LONGEST_NUMBER = 9; // bytes: 63 bits, 7 in each
    private static final Base64.Encoder TEXT = Base64.getUrlEncoder().withoutPadding();

    public ConsistencyToken {
        if (epoch < 0) {
            throw new IllegalArgumentException("An epoch is at least 0, not " + epoch);
        }
        seen = Map.copyOf(seen);
        seen.forEach((partition, transaction) -> {
            if (partition < 0 || partition >= MOST_PARTITIONS || transaction < 0) {
                throw new IllegalArgumentException(
                        "Partition %d cannot be seen up to %d".formatted(partition, transaction));
            }
        });
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

    /**
     * Its form for clients: URL-safe characters. Equal tokens give equal texts. A format byte, the epoch, the smallest
     * transaction id, then for each partition in order what it is more than the former one and what its transaction id is
     * more than the smallest: numbers of seven bits a byte, since all of these are near each other.
     */
    public String encode() {
        int[] partitions = new int[seen.size()];
        int count = 0;
        long least = Long.MAX_VALUE;
        for (Map.Entry<Integer, Long> place : seen.entrySet()) {
            partitions[count++] = place.getKey();
            least = Math.min(least, place.getValue());
        }
        Arrays.sort(partitions);
        least = count == 0 ? 0 : least;
        ByteBuffer out = ByteBuffer.allocate(1 + LONGEST_NUMBER * (2 + 2 * count)).put(FORMAT);
        write(out, epoch);
        write(out, least);
        int next = 0;
        for (int partition : partitions) {
            write(out, partition - next);
            write(out, seen.getOrDefault(partition, 0L) - least);
            next = partition + 1;
        }
        return TEXT.encodeToString(Arrays.copyOf(out.array(), out.position()));
    }

    /**
     * Reads it back. Only what {@link #encode()} gives is accepted.
     *
     * @throws IllegalArgumentException if it is none
     */
    public static ConsistencyToken parse(String text) {
        ConsistencyToken token;
        try {
            token = read(ByteBuffer.wrap(Base64.getUrlDecoder().decode(text)));
        } catch (IllegalArgumentException | ArithmeticException | BufferUnderflowException malformed) {
            throw noToken(text);
        }
        if (!token.encode().equals(text)) {
            throw noToken(text);
        }
        return token;
    }

    private static ConsistencyToken read(ByteBuffer in) {
        if (in.get() != FORMAT) {
            throw new IllegalArgumentException("Another format");
        }
        int epoch = Math.toIntExact(number(in));
        long least = number(in);
        Map<Integer, Long> seen = new HashMap<>();
        int next = 0;
        while (in.hasRemaining()) {
            int partition = Math.addExact(next, Math.toIntExact(number(in)));
            seen.put(partition, Math.addExact(least, number(in)));
            next = Math.incrementExact(partition);
        }
        return new ConsistencyToken(epoch, seen);
    }

    private static void write(ByteBuffer out, long number) {
        long rest = number;
        while (rest > 0x7F) {
            out.put((byte) ((rest & 0x7F) | 0x80));
            rest >>>= 7;
        }
        out.put((byte) rest);
    }

    private static long number(ByteBuffer in) {
        long number = 0;
        for (int shift = 0; shift < Long.SIZE - 1; shift += 7) {
            byte part = in.get();
            number |= (long) (part & 0x7F) << shift;
            if (part >= 0) {
                return number;
            }
        }
        throw new ArithmeticException("More than 63 bits");
    }

    private static IllegalArgumentException noToken(String text) {
        String shown = text.length() > LONGEST_SHOWN ? text.substring(0, LONGEST_SHOWN) + "..." : text;
        return new IllegalArgumentException(
                "Not a consistency token, which is what an answer said in Consistency-Token: '" + shown + "'");
    }
}
