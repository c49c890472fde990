package io.ritsem.http.command;

import java.util.Arrays;

import org.jspecify.annotations.Nullable;

import io.ritsem.http.server.Exchange.BodyStream;

/** Cuts a stream into lines. It never holds more than a line's limit and what one read brings. Confined to its request. */
final class BulkLines {

    private static final int READ = 16 << 10;

    private final BodyStream in;
    private final int limit;
    private byte[] buffer = new byte[READ];
    private int start;
    private int end;
    private boolean ended;

    /** @param limit the most bytes of a line */
    BulkLines(BodyStream in, int limit) {
        this.in = in;
        this.limit = limit;
    }

    /**
     * The next line.
     *
     * @param content without its end; empty if the line is too long
     */
    record Line(byte[] content, boolean tooLong) {}

    /** The next line that is not blank, or null after the last. */
    @Nullable Line next() {
        while (true) {
            @Nullable Line line = nextOfAny();
            if (line == null || line.tooLong() || !isBlank(line.content())) {
                return line;
            }
        }
    }

    private @Nullable Line nextOfAny() {
        int scanned = start;
        while (true) {
            for (; scanned < end; scanned++) {
                if (buffer[scanned] == '\n') {
                    return cut(scanned, scanned + 1);
                }
            }
            if (end - start > limit) {
                skipToEnd();
                return new Line(new byte[0], true);
            }
            int before = start;
            if (!fill()) {
                return start == end ? null : cut(end, end);
            }
            scanned -= before - start;
        }
    }

    private Line cut(int contentEnd, int next) {
        boolean tooLong = contentEnd - start > limit;
        byte[] content = tooLong ? new byte[0] : Arrays.copyOfRange(buffer, start, contentEnd);
        start = next;
        return new Line(content, tooLong);
    }

    private void skipToEnd() {
        start = end;
        while (fill()) {
            for (; start < end; start++) {
                if (buffer[start] == '\n') {
                    start++;
                    return;
                }
            }
        }
    }

    private boolean fill() {
        if (ended) {
            return false;
        }
        if (start > 0) {
            System.arraycopy(buffer, start, buffer, 0, end - start);
            end -= start;
            start = 0;
        }
        if (end == buffer.length) {
            buffer = Arrays.copyOf(buffer, Math.min(buffer.length * 2, limit + READ));
        }
        int read = in.read(buffer, end, buffer.length - end);
        ended = read < 0;
        end += Math.max(read, 0);
        return !ended;
    }

    private static boolean isBlank(byte[] line) {
        for (byte each : line) {
            if (each != ' ' && each != '\t' && each != '\r') {
                return false;
            }
        }
        return true;
    }
}
