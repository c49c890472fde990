package io.ritsem.runtime.sharding;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import java.util.function.Consumer;

import org.jspecify.annotations.Nullable;

/** Writes the fields of a message one after another; {@link WireReader} reads them in the same order. Not thread-safe. */
final class WireWriter {

    private final ByteArrayOutputStream out = new ByteArrayOutputStream(256);

    WireWriter flag(boolean value) {
        out.write(value ? 1 : 0);
        return this;
    }

    WireWriter number(long value) {
        out.writeBytes(ByteBuffer.allocate(Long.BYTES).putLong(value).array());
        return this;
    }

    WireWriter bytes(byte[] value) {
        number(value.length);
        out.writeBytes(value);
        return this;
    }

    WireWriter text(String value) {
        return bytes(value.getBytes(StandardCharsets.UTF_8));
    }

    WireWriter instant(Instant value) {
        return number(value.getEpochSecond()).number(value.getNano());
    }

    WireWriter uuid(UUID value) {
        return number(value.getMostSignificantBits()).number(value.getLeastSignificantBits());
    }

    <T> WireWriter optional(@Nullable T value, Consumer<T> write) {
        flag(value != null);
        if (value != null) {
            write.accept(value);
        }
        return this;
    }

    <T> WireWriter list(List<T> values, Consumer<T> write) {
        number(values.size());
        values.forEach(write);
        return this;
    }

    byte[] written() {
        return out.toByteArray();
    }
}
