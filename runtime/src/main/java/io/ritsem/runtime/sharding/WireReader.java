package io.ritsem.runtime.sharding;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.function.Supplier;

import org.jspecify.annotations.Nullable;

/**
 * Reads what a {@link WireWriter} wrote. Every method throws {@link IllegalArgumentException} or
 * {@link java.nio.BufferUnderflowException} if something else is there. Not thread-safe.
 */
final class WireReader {

    private final ByteBuffer in;

    WireReader(byte[] written) {
        in = ByteBuffer.wrap(written);
    }

    boolean flag() {
        return in.get() != 0;
    }

    long number() {
        return in.getLong();
    }

    byte[] bytes() {
        byte[] value = new byte[length()];
        in.get(value);
        return value;
    }

    String text() {
        return new String(bytes(), StandardCharsets.UTF_8);
    }

    Instant instant() {
        return Instant.ofEpochSecond(number(), number());
    }

    UUID uuid() {
        return new UUID(number(), number());
    }

    <T> @Nullable T optional(Supplier<T> read) {
        return flag() ? read.get() : null;
    }

    /** A field that was added at the end: null from a node that does not know it. */
    <T> @Nullable T added(Supplier<T> read) {
        return in.hasRemaining() ? optional(read) : null;
    }

    <T> List<T> list(Supplier<T> read) {
        int size = length();
        List<T> values = new ArrayList<>(size);
        for (int i = 0; i < size; i++) {
            values.add(read.get());
        }
        return values;
    }

    private int length() {
        long length = number();
        if (length < 0 || length > in.remaining()) {
            throw new IllegalArgumentException(
                    "A length of %d where %d bytes are left".formatted(length, in.remaining()));
        }
        return (int) length;
    }
}
