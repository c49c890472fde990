package io.ritsem.runtime.json;

/**
 * One thing that is wrong with a JSON document.
 *
 * @param pointer where, as a JSON Pointer (RFC 6901); empty for the whole document
 * @param code kebab-case: {@code malformed}, {@code missing}, {@code unknown}, {@code wrong-type}, {@code out-of-range},
 *     {@code invalid}
 * @param message what is wrong and what would be right, for a person
 */
public record Violation(String pointer, String code, String message) {
}
