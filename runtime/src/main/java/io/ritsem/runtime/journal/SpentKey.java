package io.ritsem.runtime.journal;

import org.jspecify.annotations.Nullable;

/**
 * An idempotency key that a command has spent, and what it takes to give the command's answer again.
 *
 * @param key the key, 1 to 255 characters
 * @param fingerprint SHA-256 of the command's name and its canonical JSON, 32 bytes
 * @param events how many events the command stored, from the one that carries this
 * @param reply the reply's JSON, or null if there was none
 */
public record SpentKey(String key, byte[] fingerprint, int events, byte @Nullable [] reply) {

    /**
     * How many of an entity's newest are remembered outside of the journal: some 2 MB. One that comes again after so many
     * others costs a recovery of its entity, but who sends again does so soon.
     */
    public static final int REMEMBERED = 10_000;
}
