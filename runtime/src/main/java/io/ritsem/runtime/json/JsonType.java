package io.ritsem.runtime.json;

/**
 * The JSON form of one Java type: codec, validation and description. Immutable, thread-safe; derived once and cached.
 *
 * @param <T> a record, a sealed interface of records, or a type that a record's component may have
 */
public final class JsonType<T> {

    private JsonType() {
    }

    /**
     * Derives it.
     *
     * @throws UnsupportedTypeException if the type, or one that it consists of, has no JSON form; it says which and where
     */
    public static <T> JsonType<T> of(Class<T> type) {
        throw new UnsupportedOperationException();
    }

    /** What it looks like. */
    public Shape shape() {
        throw new UnsupportedOperationException();
    }

    /**
     * Reads what a client sent: nothing missing, nothing unknown, everything within bounds.
     *
     * @throws InvalidJsonException with all that is wrong
     */
    public T decode(byte[] json) {
        throw new UnsupportedOperationException();
    }

    /**
     * Reads what was stored: unknown fields and enum values that have gone are ignored.
     *
     * @throws InvalidJsonException if it cannot be read all the same
     */
    public T decodeStored(byte[] json) {
        throw new UnsupportedOperationException();
    }

    /** Writes it: UTF-8, fields in the order of the record, no white space; equal values give equal bytes. */
    public byte[] encode(T value) {
        throw new UnsupportedOperationException();
    }

    /** SHA-256 of the shape in hex: changes exactly when the JSON form does. */
    public String fingerprint() {
        throw new UnsupportedOperationException();
    }
}
