/**
 * What went wrong, as a value: RFC 9457 problems with stable codes. Every package of this room throws or returns them;
 * the server writes them. Nothing here knows a request, and no internal name or stack trace may enter a problem.
 */
@NullMarked
package io.ritsem.http.problem;

import org.jspecify.annotations.NullMarked;
