package io.ritsem.runtime.json;

import java.io.IOException;

/** Writes values. Immutable, thread-safe. */
@FunctionalInterface
interface ValueWriter {

    /**
     * Writes a value.
     *
     * @throws IllegalArgumentException if it is of no type, or beyond a limit, that a JSON document can hold
     */
    void write(JsonOutput out, Object value) throws IOException;
}
