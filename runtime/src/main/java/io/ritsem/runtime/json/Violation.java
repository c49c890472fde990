package io.ritsem.runtime.json;

/**
 * One thing that is wrong with a JSON document. Its texts can be written as JSON again: what a client sent is repeated
 * with U+FFFD for U+0000 and lone surrogates.
 *
 * @param pointer where, as a JSON Pointer (RFC 6901); empty for the whole document
 * @param code kebab-case: {@code malformed}, {@code missing}, {@code unknown}, {@code wrong-type}, {@code out-of-range},
 *     {@code invalid}
 * @param message what is wrong and what would be right, for a person
 */
public record Violation(String pointer, String code, String message) {
    public Violation {
        pointer = Text.writable(pointer);
        message = Text.writable(message);
    }

    String sentence() {
        return pointer.isEmpty() ? message : pointer + ": " + message;
    }
}
