package io.ritsem.harness;

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

    private final Socket socket = new Socket();
    private final InputStream in;
    private final OutputStream out;
    private final Address node;
    private final AnswerBuffer buffer = new AnswerBuffer();

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
            this.node = node;
            connected = true;
        } finally {
            if (!connected) {
                socket.close();
            }
        }
    }

    /** @param headers lines that end with CR LF */
    public Answer post(String path, String headers, String body) throws IOException {
        out.write(postTo(node, path, headers, body));
        return answer();
    }

    /** The bytes of a POST with a body of JSON. */
    public static byte[] postTo(Address node, String path, String headers, String body) {
        byte[] content = body.getBytes(UTF_8);
        byte[] head = ("POST " + path + " HTTP/1.1\r\nHost: " + node
                + "\r\nContent-Type: application/json\r\nContent-Length: " + content.length + "\r\n" + headers + "\r\n")
                .getBytes(ISO_8859_1);
        byte[] request = Arrays.copyOf(head, head.length + content.length);
        System.arraycopy(content, 0, request, head.length, content.length);
        return request;
    }

    /** @param headers lines that end with CR LF */
    public Answer get(String path, String headers) throws IOException {
        out.write(getFrom(node, path, headers));
        return answer();
    }

    /** The bytes of a GET. */
    public static byte[] getFrom(Address node, String path, String headers) {
        return ("GET " + path + " HTTP/1.1\r\nHost: " + node + "\r\n" + headers + "\r\n").getBytes(ISO_8859_1);
    }

    private Answer answer() throws IOException {
        buffer.clear();
        boolean complete = false;
        while (!complete) {
            complete = buffer.readFrom(in);
        }
        return buffer.answer();
    }

    @Override public void close() throws IOException {
        socket.close();
    }
}
