/**
 * How answers are written: bytes that are JSON already are embedded as they are. Used by every package of this room; it
 * knows none of them.
 */
@NullMarked
package io.ritsem.http.json;

import org.jspecify.annotations.NullMarked;
