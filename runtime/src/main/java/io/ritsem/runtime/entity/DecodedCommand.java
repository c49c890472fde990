package io.ritsem.runtime.entity;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

import io.ritsem.runtime.gateway.CommandRequest;
import io.ritsem.runtime.json.JsonType;

/**
 * A command as its record, and what its idempotency key is spent on.
 *
 * @param fingerprint SHA-256 of the command's name and its canonical JSON; empty without a key
 */
record DecodedCommand<C>(C value, byte[] fingerprint) {

    private static final byte[] NO_KEY = {};

    /**
     * Decodes it.
     *
     * @throws io.ritsem.runtime.json.InvalidJsonException with all that is wrong with its body
     */
    static <C, T extends C> DecodedCommand<C> of(CommandRequest request, JsonType<T> type) {
        T value = type.decode(request.body());
        return new DecodedCommand<>(value,
                request.key() == null ? NO_KEY : fingerprint(request.command(), type.encode(value)));
    }

    /** Its fingerprint if its body came as it is written here: what can be had of a command that cannot be decoded. */
    static byte[] fingerprintAsSent(CommandRequest request) {
        return fingerprint(request.command(), request.body());
    }

    private static byte[] fingerprint(String command, byte[] canonical) {
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            digest.update(command.getBytes(StandardCharsets.UTF_8));
            digest.update((byte) '\n');
            return digest.digest(canonical);
        } catch (NoSuchAlgorithmException impossible) {
            throw new AssertionError("Every Java platform has SHA-256", impossible);
        }
    }
}
