package io.ritsem.runtime.json;

import java.util.Set;

/**
 * The JSON form of one Java type: codec, validation and description. Immutable, thread-safe; derived once and cached.
 *
 * @param <T> a record, a sealed interface of records, or a type that a record's component may have
 */
public final class JsonType<T> {

    private static final ClassValue<JsonType<?>> DERIVED = new ClassValue<>() {
        @Override protected JsonType<?> computeValue(Class<?> type) {
            Derivation derivation = new Derivation();
            Codec codec = derivation.of(type);
            return new JsonType<>(type, codec, derivation.met());
        }
    };

    private static final ValueWriter ANY = new AnyWriter();

    private final Class<T> type;
    private final Codec codec;
    private final Set<Class<?>> classes;
    private final String fingerprint;

    private JsonType(Class<T> type, Codec codec, Set<Class<?>> classes) {
        this.type = type;
        this.codec = codec;
        this.classes = classes;
        this.fingerprint = Fingerprint.of(codec.shape());
    }

    /**
     * Derives it.
     *
     * @throws UnsupportedTypeException if the type, or one that it consists of, has no JSON form; it says which and where
     */
    @SuppressWarnings("unchecked") public static <T> JsonType<T> of(Class<T> type) {
        return (JsonType<T>) DERIVED.get(type);
    }

    /**
     * Writes any value of a supported type by its own class, as {@link #encode} does; lists and maps of such values too. A
     * record is written without a {@code type}, whatever interfaces it implements.
     *
     * @throws UnsupportedTypeException if its class, or one within, has no JSON form
     * @throws IllegalArgumentException if a value is beyond the limits; it says where
     */
    public static byte[] encodeValue(Object value) {
        return JsonOutput.write(value, ANY);
    }

    /** The application's own types that it consists of: records, sealed interfaces, enums. */
    public Set<Class<?>> classes() {
        return classes;
    }

    /** What it looks like. */
    public Shape shape() {
        return codec.shape();
    }

    /**
     * Reads what a client sent: nothing missing, nothing unknown, everything within bounds.
     *
     * @throws InvalidJsonException with all that is wrong (the first 100 at least)
     */
    public T decode(byte[] json) {
        return cast(JsonInput.read(json, codec, true));
    }

    /**
     * Reads what was stored: unknown fields are ignored, and so are enum values that have gone where none is needed.
     *
     * @throws InvalidJsonException if it cannot be read all the same
     */
    public T decodeStored(byte[] json) {
        return cast(JsonInput.read(json, codec, false));
    }

    /**
     * Writes it: UTF-8, fields in the order of the record, maps sorted by key, what is absent left out, no white space;
     * equal values give equal bytes, so what was decoded and encoded again is canonical.
     *
     * @throws IllegalArgumentException if a value is beyond the limits, so that it could not be stored or read again; it
     *     says where
     */
    public byte[] encode(T value) {
        return JsonOutput.write(value, codec);
    }

    /** SHA-256 of the shape in hex: changes exactly when the JSON form does; the order of fields is no part of it. */
    public String fingerprint() {
        return fingerprint;
    }

    Codec codec() {
        return codec;
    }

    /** Not {@link Class#cast}, which knows no primitive types. */
    @SuppressWarnings("unchecked") private T cast(Object value) {
        return (T) value;
    }

    @Override public String toString() {
        return "JsonType of " + type.getName();
    }
}
