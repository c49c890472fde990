package io.ritsem.http.server;

import java.util.concurrent.ThreadLocalRandom;
import java.util.regex.Pattern;

import org.jspecify.annotations.Nullable;

/**
 * Under which id a request is traced.
 *
 * @param traceId 32 hexadecimal digits: the caller's, or a new one
 * @param traceparent the caller's, as it came, if it is valid
 * @see <a href="https://www.w3.org/TR/trace-context/#traceparent-header">W3C Trace Context</a>
 */
record TraceContext(String traceId, @Nullable String traceparent) {

    private static final Pattern VALID = Pattern
            .compile("(?!ff)[0-9a-f]{2}-(?!0{32})[0-9a-f]{32}-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}");
    private static final int TRACE_ID = 3;
    private static final int DIGITS = 32;

    /** @param header the header {@code traceparent}, if there is one; a malformed one is no one's */
    static TraceContext of(@Nullable String header) {
        if (header != null && VALID.matcher(header).matches()) {
            return new TraceContext(header.substring(TRACE_ID, TRACE_ID + DIGITS), header);
        }
        ThreadLocalRandom random = ThreadLocalRandom.current();
        return new TraceContext("%016x%016x".formatted(random.nextLong(), random.nextLong() | 1), null);
    }
}
