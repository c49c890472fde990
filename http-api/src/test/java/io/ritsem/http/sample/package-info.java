/**
 * A small application and a runtime for it in memory, for the tests of HTTP; nothing of it is the real runtime's. The
 * contract suite of {@code io.ritsem.http.command} runs against both.
 */
@NullMarked
package io.ritsem.http.sample;

import org.jspecify.annotations.NullMarked;
