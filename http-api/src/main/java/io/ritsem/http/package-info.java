/** The only room that knows HTTP. */
@NullMarked
package io.ritsem.http;

import org.jspecify.annotations.NullMarked;
