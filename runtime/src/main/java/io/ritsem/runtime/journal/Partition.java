package io.ritsem.runtime.journal;

import java.nio.charset.StandardCharsets;
import java.util.zip.CRC32C;

/** Which partition of the journal an entity belongs to. Stateless. */
public final class Partition {

    private Partition() {}

    /** CRC-32C of the persistence id in UTF-8, modulo the partition count. */
    public static int of(String persistenceId, int count) {
        return (int) (hash(persistenceId) % count);
    }

    static long hash(String persistenceId) {
        CRC32C crc = new CRC32C();
        crc.update(persistenceId.getBytes(StandardCharsets.UTF_8));
        return crc.getValue();
    }
}
