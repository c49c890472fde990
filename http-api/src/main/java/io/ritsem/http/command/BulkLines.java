package io.ritsem.http.command;

import java.util.Arrays;

import org.jspecify.annotations.Nullable;

import io.ritsem.http.problem.Problem;
import io.ritsem.http.problem.ProblemException;
import io.ritsem.http.server.ByteBudget;
import io.ritsem.http.server.Exchange.BodyStream;
import io.ritsem.http.server.HttpSettings;

/**
 * Cuts a stream into lines. It never holds more than a line's limit and what one read brings; what it holds beyond its
 * first buffer, and each line that it hands out, is taken of the node's budget, for which it waits. Confined to its
 * request.
 */
final class BulkLines implements AutoCloseable {

    /** The bytes of its first buffer, which whoever makes it takes of the budget. */
    static final int READ = 16 << 10;

    /** What the least line costs while it is in flight: its objects, and a result longer than itself. */
    private static final int LEAST_LINE = 512;

    private final BodyStream in;
    private final HttpSettings.Body limits;
    private final ByteBudget budget;
    private ByteBudget.Share share;
    private byte[] buffer = new byte[READ];
    private int start;
    private int end;
    private long deadline;
    private boolean ended;

    BulkLines(BodyStream in, HttpSettings.Body limits, ByteBudget budget) {
        this.in = in;
        this.limits = limits;
        this.budget = budget;
        this.share = budget.share();
    }

    /**
     * The next line.
     *
     * @param content without its end; empty if the line is too long
     * @param share what it costs, to be closed when its result is written
     */
    record Line(byte[] content, boolean tooLong, ByteBudget.Share share) {}

    /**
     * The next line that is not blank, or null after the last.
     *
     * @throws ProblemException 503 if there was no room for it in time, 408 if a long one is slow, 400
     */
    @Nullable Line next() {
        while (true) {
            @Nullable Line line = nextOfAny();
            if (line == null || line.tooLong() || !isBlank(line.content())) {
                return line;
            }
            line.share().close();
        }
    }

    /** Gives back what the line in hand has taken. */
    @Override public void close() {
        share.close();
    }

    private @Nullable Line nextOfAny() {
        int scanned = start;
        while (true) {
            for (; scanned < end; scanned++) {
                if (buffer[scanned] == '\n') {
                    return cut(scanned, scanned + 1);
                }
            }
            if (end - start > limits.limit()) {
                start = end;
                Line tooLong = line(new byte[0], true);
                skipToEnd();
                return tooLong;
            }
            int before = start;
            if (!fill()) {
                return start == end ? null : cut(end, end);
            }
            scanned -= before - start;
        }
    }

    private Line cut(int contentEnd, int next) {
        int from = start;
        start = next;
        boolean tooLong = contentEnd - from > limits.limit();
        return line(tooLong ? new byte[0] : Arrays.copyOfRange(buffer, from, contentEnd), tooLong);
    }

    /** A line takes over what was taken to read it. */
    private Line line(byte[] content, boolean tooLong) {
        int cost = content.length + LEAST_LINE;
        if (isGrown()) {
            buffer = Arrays.copyOfRange(buffer, start, start + READ);
            end -= start;
            start = 0;
        }
        share.keep(cost);
        share.await(cost - share.held());
        Line line = new Line(content, tooLong, share);
        share = budget.share();
        return line;
    }

    private boolean isGrown() {
        return buffer.length > READ;
    }

    private void skipToEnd() {
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
            grow();
        }
        // no more than the first buffer, into which what follows the line must fit again
        int read = in.read(buffer, end, Math.min(READ, buffer.length - end));
        if (isGrown() && System.nanoTime() - deadline > 0) {
            throw new ProblemException(Problem.of(408, "request-timeout",
                    "The line did not arrive within " + limits.timeout()));
        }
        ended = read < 0;
        end += Math.max(read, 0);
        return !ended;
    }

    /** To all that a line may have, at once: of those who wait for room, nobody holds the half of a line. */
    private void grow() {
        share.await(limits.limit());
        buffer = Arrays.copyOf(buffer, limits.limit() + READ);
        deadline = System.nanoTime() + limits.timeout().toNanos();
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
