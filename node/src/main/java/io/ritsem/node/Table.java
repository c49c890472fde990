package io.ritsem.node;

import java.io.PrintStream;

/**
 * Prints lines of one layout. Thread-safe.
 *
 * @param layout a format for the cells of a line
 */
record Table(PrintStream out, String layout) {

    /** Without blanks at its end, where cells are empty. */
    void print(Object... cells) {
        out.println(layout.formatted(cells).stripTrailing());
    }
}
