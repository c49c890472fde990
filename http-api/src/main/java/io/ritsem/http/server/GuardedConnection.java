package io.ritsem.http.server;

import java.io.UncheckedIOException;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.Optional;
import java.util.concurrent.ExecutorService;

import io.helidon.common.buffers.BufferData;
import io.helidon.common.buffers.DataReader;
import io.helidon.common.buffers.DataWriter;
import io.helidon.common.concurrency.limits.Limit;
import io.helidon.common.socket.HelidonSocket;
import io.helidon.common.socket.PeerInfo;
import io.helidon.http.DirectHandler.EventType;
import io.helidon.http.RequestException;
import io.helidon.http.Status;
import io.helidon.webserver.ConnectionContext;
import io.helidon.webserver.ListenerContext;
import io.helidon.webserver.ProxyProtocolData;
import io.helidon.webserver.Router;
import io.helidon.webserver.ServerConnectionException;
import io.helidon.webserver.spi.ServerConnection;
import io.helidon.webserver.spi.ServerConnectionSelector;
import org.jspecify.annotations.Nullable;

import io.ritsem.http.problem.ProblemException;

/**
 * Guards the server against one connection, which Helidon itself does not: what is read and not yet used is bounded (a
 * chunk of a body may say that it has 2 GB) and taken of the node's budget; whoever stalls in the middle of a request or
 * an answer is cut off after the idle time-out, not only who is silent between requests, and whoever stalls in a body
 * after the body's. Run by its connection's thread; {@code idleTime} and {@code close} are called by others.
 */
final class GuardedConnection implements ServerConnection, ConnectionContext {

    private static final ScopedValue<GuardedConnection> CURRENT = ScopedValue.newInstance();
    /** What Helidon holds for each piece that comes, beside its bytes: somebody may send a byte at a time. */
    private static final int PIECE = 128;
    private static final Duration OVERDUE = ChronoUnit.FOREVER.getDuration();

    private final ConnectionContext socket;
    private final ServerConnection http;
    private final Duration idleTimeout;
    private final Farewell farewell;
    private final Unused unused;
    private final DataReader reader;
    private final DataWriter writer;
    private volatile boolean streaming;
    private volatile long lastByte = System.nanoTime();
    private volatile boolean readingBody;
    private volatile long bodyDeadline;
    private volatile long longestWrite;
    private volatile boolean writing;
    private volatile long writingSince;
    private int held;
    private boolean caughtUp;

    /**
     * What is received and not yet used, such as a chunk that has not come to its end.
     *
     * @param share takes what is beyond {@code free}
     * @param free the bytes that each connection may hold, enough for headers
     * @param most the bytes that none may go beyond
     */
    record Unused(ByteBudget.Share share, int free, int most) {}

    GuardedConnection(ConnectionContext socket, ServerConnectionSelector protocol, Duration idleTimeout,
            Farewell farewell, Unused unused) {
        this.socket = socket;
        this.idleTimeout = idleTimeout;
        this.farewell = farewell;
        this.unused = unused;
        this.reader = DataReader.create(this::receive);
        this.writer = new MarkingWriter(socket.dataWriter());
        this.http = protocol.connection(this);
    }

    /** That of the present thread. */
    static GuardedConnection current() {
        return CURRENT.get();
    }

    /** The present request lasts as long as bytes come or go. */
    void startStreaming() {
        lastByte = System.nanoTime();
        streaming = true;
    }

    /** From now on a body is read; who has not sent it by then, in {@link System#nanoTime()}, is cut off. */
    void startBody(long deadline) {
        bodyDeadline = deadline;
        readingBody = true;
    }

    void endBody() {
        readingBody = false;
    }

    /** What was received for a body is used: what is received from now on is new. */
    void wantsMore() {
        caughtUp = true;
    }

    /** From now on the answer lasts, and may pause, as it likes; who takes nothing of it for so long is cut off. */
    void limitWrites(Duration longest) {
        longestWrite = longest.toNanos();
    }

    void endOfRequest() {
        longestWrite = 0;
        if (streaming) {
            streaming = false;
        }
        forgetUsed();
    }

    private byte @Nullable [] receive() {
        if (reader.available() > unused.most()) {
            throw refusal(Status.REQUEST_ENTITY_TOO_LARGE_413, "Too much at once");
        }
        try {
            byte @Nullable [] bytes = socket.serverSocket().get();
            lastByte = System.nanoTime();
            if (bytes != null) {
                hold(bytes.length);
            }
            return bytes;
        } catch (UncheckedIOException e) {
            throw new ServerConnectionException("The connection is lost", e);
        }
    }

    private void hold(int bytes) {
        if (caughtUp) {
            forgetUsed();
        }
        held += bytes + PIECE;
        int more = held - unused.free() - unused.share().held();
        if (more > 0) {
            try {
                take(more);
            } catch (ProblemException overloaded) {
                throw refusal(Status.SERVICE_UNAVAILABLE_503, "Too much of all connections");
            }
        }
    }

    /** A stream may be held up; whoever has sent one command is told at once. */
    private void take(int bytes) {
        if (streaming) {
            unused.share().await(bytes);
        } else {
            unused.share().take(bytes);
        }
    }

    private void forgetUsed() {
        caughtUp = false;
        held = reader.available();
        unused.share().keep(Math.max(0, held - unused.free()));
    }

    private static RequestException refusal(Status status, String message) {
        return RequestException.builder()
                .type(EventType.BAD_REQUEST)
                .status(status)
                .setKeepAlive(false)
                .message(message)
                .build();
    }

    @Override public void handle(Limit limit) throws InterruptedException {
        farewell.opened();
        try (ByteBudget.Share _ = unused.share()) {
            ScopedValue.where(CURRENT, this).<@Nullable Void, InterruptedException>call(() -> {
                http.handle(limit);
                return null;
            });
        } finally {
            farewell.closed();
        }
    }

    @Override public Duration idleTime() {
        long now = System.nanoTime();
        if (readingBody && now - bodyDeadline > 0) {
            return OVERDUE;
        }
        if (longestWrite > 0) {
            return writing && now - writingSince > longestWrite ? OVERDUE : Duration.ZERO;
        }
        return streaming ? Duration.ofNanos(now - lastByte) : http.idleTime();
    }

    @Override public void close(boolean interrupt) {
        http.close(interrupt || idleTime().compareTo(idleTimeout) > 0);
    }

    @Override public DataReader dataReader() {
        return reader;
    }

    @Override public DataWriter dataWriter() {
        return writer;
    }

    @Override public ListenerContext listenerContext() {
        return socket.listenerContext();
    }

    @Override public ExecutorService executor() {
        return socket.executor();
    }

    @Override public Router router() {
        return socket.router();
    }

    @Override public Optional<ProxyProtocolData> proxyProtocolData() {
        return socket.proxyProtocolData();
    }

    @Override public HelidonSocket serverSocket() {
        return socket.serverSocket();
    }

    @Override public PeerInfo remotePeer() {
        return socket.remotePeer();
    }

    @Override public PeerInfo localPeer() {
        return socket.localPeer();
    }

    @Override public boolean isSecure() {
        return socket.isSecure();
    }

    @Override public String socketId() {
        return socket.socketId();
    }

    @Override public String childSocketId() {
        return socket.childSocketId();
    }

    /** Notes when bytes are to go out, and when they did. */
    private final class MarkingWriter implements DataWriter {

        private final DataWriter out;

        MarkingWriter(DataWriter out) {
            this.out = out;
        }

        @Override public void write(BufferData... buffers) {
            begin();
            out.write(buffers);
            end();
        }

        @Override public void write(BufferData buffer) {
            begin();
            out.write(buffer);
            end();
        }

        @Override public void writeNow(BufferData... buffers) {
            begin();
            out.writeNow(buffers);
            end();
        }

        @Override public void writeNow(BufferData buffer) {
            begin();
            out.writeNow(buffer);
            end();
        }

        private void begin() {
            writingSince = System.nanoTime();
            writing = true;
        }

        private void end() {
            writing = false;
            lastByte = System.nanoTime();
        }

        @Override public void flush() {
            out.flush();
        }

        @Override public void close() {
            out.close();
        }
    }
}
