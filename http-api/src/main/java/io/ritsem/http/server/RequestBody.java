package io.ritsem.http.server;

import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import java.util.OptionalLong;
import java.util.function.Supplier;

import io.helidon.common.buffers.DataReader;
import io.helidon.http.RequestException;
import io.helidon.webserver.CloseConnectionException;
import io.helidon.webserver.http.ServerRequest;
import org.jspecify.annotations.Nullable;

import io.ritsem.http.problem.Problem;
import io.ritsem.http.problem.ProblemException;

/** The body of a request, read once and within limits. Confined to its request's thread. */
final class RequestBody {

    /** What is read of a body that nobody wants, so that its sender hears why, before the connection is closed. */
    private static final long MOST_DISCARDED = 8L << 20;
    private static final int FIRST_BUFFER = 2048;

    private final ServerRequest request;
    private final HttpSettings.Body limits;
    private final ByteBudget.Share share;
    private final long deadline;
    private @Nullable InputStream in;
    private boolean broken;

    /** @param share of the bytes that the node may hold: takes all that is read */
    RequestBody(ServerRequest request, HttpSettings.Body limits, ByteBudget.Share share) {
        this.request = request;
        this.limits = limits;
        this.share = share;
        this.deadline = System.nanoTime() + limits.timeout().toNanos();
    }

    boolean isPresent() {
        return request.content().hasEntity();
    }

    /**
     * All of it; nothing if there is none.
     *
     * @throws ProblemException 413 if it is over the limit, 503 if the node holds too much already, 408 if it is slow
     */
    byte[] bytes() {
        if (!isPresent()) {
            return new byte[0];
        }
        OptionalLong declared = request.headers().contentLength();
        if (declared.orElse(0) > limits.limit()) {
            throw tooLarge();
        }
        int expected = (int) declared.orElse(FIRST_BUFFER);
        share.take(expected);
        return inTime(() -> readAll(expected));
    }

    private byte[] readAll(int expected) {
        byte[] buffer = new byte[expected];
        int length = 0;
        while (true) {
            if (length == buffer.length) {
                int next = readOne();
                if (next < 0) {
                    return buffer;
                }
                if (length == limits.limit()) {
                    throw tooLarge();
                }
                int larger = Math.min(limits.limit(), Math.max(FIRST_BUFFER, length * 2));
                share.take(larger - length);
                buffer = Arrays.copyOf(buffer, larger);
                buffer[length++] = (byte) next;
            }
            int read = read(buffer, length, buffer.length - length);
            if (read < 0) {
                share.keep(length);
                return Arrays.copyOf(buffer, length);
            }
            length += read;
        }
    }

    /** Reads some of it; -1 at its end. For streams: without a limit of size or time, but with the idle time-out. */
    int stream(byte[] buffer, int offset, int length) {
        broken = true;
        GuardedConnection.current().wantsMore();
        try {
            int read = input().read(buffer, offset, length);
            broken = false;
            return read;
        } catch (DataReader.InsufficientDataAvailableException | IOException gone) {
            throw new CloseConnectionException("The client has gone", gone);
        } catch (DataReader.IncorrectNewLineException | NumberFormatException malformed) {
            throw new ProblemException(Problem.of(400, "bad-request", "The chunks of the body are malformed"));
        } catch (RequestException refused) {
            throw new ProblemException(StatusProblems.of(refused.status().code()));
        }
    }

    /** Also for who sends nothing any more, which no read notices. */
    private <T> T inTime(Supplier<T> reading) {
        GuardedConnection connection = GuardedConnection.current();
        connection.startBody(deadline);
        try {
            return reading.get();
        } finally {
            connection.endBody();
        }
    }

    private int readOne() {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
    }

    private int read(byte[] buffer, int offset, int length) {
        if (length == 0) {
            return 0;
        }
        int read = stream(buffer, offset, length);
        if (isLate()) {
            throw new ProblemException(
                    Problem.of(408, "request-timeout", "The body did not arrive within " + limits.timeout()));
        }
        return read;
    }

    private boolean isLate() {
        return System.nanoTime() - deadline > 0;
    }

    private InputStream input() {
        InputStream open = in == null ? request.content().inputStream() : in;
        in = open;
        return open;
    }

    private ProblemException tooLarge() {
        return new ProblemException(
                Problem.of(413, "too-large", "The body is over the limit of %d bytes".formatted(limits.limit()))
                        .with("limit", limits.limit()));
    }

    void giveBack() {
        share.close();
    }

    /** Whether there is a way on to the end of it; else the connection cannot be used again. */
    boolean canBeDiscarded() {
        boolean near = !broken && request.continueSent()
                && request.headers().contentLength().orElse(0) <= MOST_DISCARDED;
        return near || isConsumed();
    }

    private boolean isConsumed() {
        return !isPresent() || request.content().consumed();
    }

    /** Reads on to the end, if that is near; else the connection cannot be used again. */
    boolean discard() {
        if (isConsumed()) {
            return true;
        }
        giveBack();
        return inTime(this::readOn);
    }

    private boolean readOn() {
        byte[] buffer = new byte[FIRST_BUFFER];
        try {
            for (long discarded = 0; discarded < MOST_DISCARDED && !isLate();) {
                int read = read(buffer, 0, buffer.length);
                if (read < 0) {
                    return true;
                }
                discarded += read;
            }
            return false;
        } catch (ProblemException noWayOn) {
            return false;
        }
    }
}
