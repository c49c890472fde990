package io.ritsem.http.query;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;

/**
 * Writes server-sent events (https://html.spec.whatwg.org/multipage/server-sent-events.html). Confined to the
 * connection's thread.
 */
final class EventStream {

    private static final int BUFFER = 16 << 10;

    private final OutputStream out;
    private final ByteArrayOutputStream ready = new ByteArrayOutputStream(1 << 10);

    EventStream(OutputStream out) {
        this.out = out;
    }

    /** How long to wait before coming back when the stream has ended. */
    EventStream retry(int milliseconds) {
        return line("retry: " + milliseconds).line("");
    }

    /** @param id what a client that comes back says that it has seen */
    EventStream event(String name, String id, byte[] json) throws IOException {
        line("event: " + name).line("id: " + id);
        return data(json);
    }

    /** An event after which none comes. */
    EventStream last(String name, byte[] json) throws IOException {
        return line("event: " + name).data(json);
    }

    /** What clients leave out. */
    EventStream comment() {
        return line(":").line("");
    }

    private EventStream data(byte[] json) throws IOException {
        ready.writeBytes("data: ".getBytes(StandardCharsets.US_ASCII));
        ready.writeBytes(json); // which has no line ends
        line("").line("");
        if (ready.size() >= BUFFER) {
            flush();
        }
        return this;
    }

    private EventStream line(String ascii) {
        ready.writeBytes(ascii.getBytes(StandardCharsets.US_ASCII));
        ready.write('\n');
        return this;
    }

    /** Sends what has been written. */
    void flush() throws IOException {
        out.write(ready.toByteArray());
        out.flush();
        ready.reset();
    }
}
