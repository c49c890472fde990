package io.ritsem.runtime.json;

import java.io.IOException;

import org.jspecify.annotations.Nullable;

/** Reads and writes the values of one Java type. Immutable, thread-safe. */
interface Codec extends ValueWriter {

    /** What the JSON looks like. */
    Shape shape();

    /**
     * Reads a value whose first token is the current one, up to its last.
     *
     * @return the value; or null when something is wrong with it, which the input has noted down then
     */
    @Nullable Object read(JsonInput in) throws IOException;
}
