package io.ritsem.harness;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.util.Arrays;
import java.util.Locale;

import org.jspecify.annotations.Nullable;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

/**
 * One caller with one connection that stays open. It speaks just enough HTTP/1.1 for a node's answers with a length, and
 * looks at no more of an answer than it is asked for: the load generator shares two cores with the node, and what it
 * takes is taken from the node. Not thread-safe.
 */
public final class HttpCaller implements AutoCloseable {

    private static final int PATIENCE_MILLIS = 30_000;
    private static final int STATUS = "HTTP/1.1 ".length();
    private static final byte[] LENGTH = "\r\ncontent-length:".getBytes(ISO_8859_1);

    private final Socket socket = new Socket();
    private final InputStream in;
    private final OutputStream out;
    private final String host;
    private byte[] buffer = new byte[1 << 14];
    private int filled;

    /** An answer, decoded as far as somebody looks at it. */
    public record Answer(int status, byte[] head, byte[] content) {

        /** What it says, as text. */
        public String body() {
            return new String(content, UTF_8);
        }

        /** The first header of this name, in whatever case; null if there is none. */
        public @Nullable String header(String name) {
            String start = name.toLowerCase(Locale.ROOT) + ":";
            return new String(head, ISO_8859_1).lines()
                    .filter(line -> line.toLowerCase(Locale.ROOT).startsWith(start))
                    .map(line -> line.substring(start.length()).strip())
                    .findFirst()
                    .orElse(null);
        }
    }

    /** Connects to a node of this machine, and waits for at most 30 s for each part of an answer. */
    public HttpCaller(int port) throws IOException {
        this(Address.loopback(port));
    }

    /** Waits for at most 30 s for the connection, and then for each part of an answer. */
    public HttpCaller(Address node) throws IOException {
        this(node, PATIENCE_MILLIS);
    }

    /** @param patienceMillis how long it waits for the connection, and then for each part of an answer */
    public HttpCaller(Address node, int patienceMillis) throws IOException {
        this(node, patienceMillis, patienceMillis);
    }

    /**
     * @param connectMillis how long it waits for the connection
     * @param patienceMillis how long it waits for each part of an answer
     */
    public HttpCaller(Address node, int connectMillis, int patienceMillis) throws IOException {
        boolean connected = false;
        try {
            socket.setTcpNoDelay(true);
            socket.setSoTimeout(patienceMillis);
            socket.connect(new InetSocketAddress(node.host(), node.port()), connectMillis);
            in = socket.getInputStream();
            out = socket.getOutputStream();
            host = " HTTP/1.1\r\nHost: " + node + "\r\n";
            connected = true;
        } finally {
            if (!connected) {
                socket.close();
            }
        }
    }

    /** @param headers lines that end with CR LF */
    public Answer post(String path, String headers, String body) throws IOException {
        byte[] content = body.getBytes(UTF_8);
        byte[] head = ("POST " + path + host + "Content-Type: application/json\r\nContent-Length: " + content.length
                + "\r\n" + headers + "\r\n").getBytes(ISO_8859_1);
        byte[] request = Arrays.copyOf(head, head.length + content.length);
        System.arraycopy(content, 0, request, head.length, content.length);
        out.write(request);
        return answer();
    }

    /** @param headers lines that end with CR LF */
    public Answer get(String path, String headers) throws IOException {
        out.write(("GET " + path + host + headers + "\r\n").getBytes(ISO_8859_1));
        return answer();
    }

    private Answer answer() throws IOException {
        filled = 0;
        int headEnd = -1;
        for (int from = 0; headEnd < 0; headEnd = endOfHead(from)) {
            from = Math.max(0, filled - 3);
            fill();
        }
        int end = headEnd + contentLength(headEnd);
        while (filled < end) {
            fill();
        }
        int status = 100 * digit(STATUS) + 10 * digit(STATUS + 1) + digit(STATUS + 2);
        return new Answer(status, Arrays.copyOf(buffer, headEnd), Arrays.copyOfRange(buffer, headEnd, end));
    }

    private void fill() throws IOException {
        if (filled == buffer.length) {
            buffer = Arrays.copyOf(buffer, 2 * filled);
        }
        int read = in.read(buffer, filled, buffer.length - filled);
        if (read < 0) {
            throw new EOFException("The connection was closed after %d bytes of an answer".formatted(filled));
        }
        filled += read;
    }

    /** Where the body begins; negative if the head has not ended yet. */
    private int endOfHead(int from) {
        for (int at = from + 3; at < filled; at++) {
            if (buffer[at] == '\n' && buffer[at - 2] == '\n' && buffer[at - 1] == '\r' && buffer[at - 3] == '\r') {
                return at + 1;
            }
        }
        return -1;
    }

    private int contentLength(int headEnd) {
        for (int at = 0; at < headEnd - LENGTH.length; at++) {
            if (buffer[at] == '\r' && isLength(at)) {
                int length = 0;
                for (int next = at + LENGTH.length; buffer[next] != '\r'; next++) {
                    length = buffer[next] == ' ' ? length : 10 * length + digit(next);
                }
                return length;
            }
        }
        return 0;
    }

    private boolean isLength(int start) {
        for (int i = 0; i < LENGTH.length; i++) {
            if ((buffer[start + i] | 0x20) != (LENGTH[i] | 0x20)) {
                return false;
            }
        }
        return true;
    }

    private int digit(int at) {
        return buffer[at] - '0';
    }

    @Override public void close() throws IOException {
        socket.close();
    }
}
