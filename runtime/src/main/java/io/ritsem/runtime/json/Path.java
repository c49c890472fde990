package io.ritsem.runtime.json;

import java.util.Arrays;

/** Where a reader or writer is within a document. Confined to one call. */
final class Path {

    private Object[] segments = new Object[8];
    private int depth;

    /** Goes into a field, by its name, or into an element, by its index. */
    void enter(Object segment) {
        if (depth == segments.length) {
            segments = Arrays.copyOf(segments, depth * 2);
        }
        segments[depth++] = segment;
    }

    void leave() {
        depth--;
    }

    /** As a JSON Pointer (RFC 6901). */
    String pointer() {
        StringBuilder pointer = new StringBuilder();
        for (int i = 0; i < depth; i++) {
            pointer.append('/').append(segments[i].toString().replace("~", "~0").replace("/", "~1"));
        }
        return pointer.toString();
    }
}
