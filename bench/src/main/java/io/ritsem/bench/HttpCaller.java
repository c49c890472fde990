package io.ritsem.bench;

import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

/**
 * One caller with one connection that stays open. It speaks just enough HTTP/1.1 for a node's answers with a length, so
 * that the load generator takes little of the two cores that it shares with the node. Not thread-safe.
 */
final class HttpCaller implements AutoCloseable {

    private static final int PATIENCE_MILLIS = 30_000;

    private final Socket socket = new Socket();
    private final InputStream in;
    private final OutputStream out;
    private final String host;

    /** An answer; header names in lower case. */
    record Answer(int status, Map<String, String> headers, String body) {}

    HttpCaller(int port) throws IOException {
        socket.setTcpNoDelay(true);
        socket.setSoTimeout(PATIENCE_MILLIS);
        socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), PATIENCE_MILLIS);
        in = new BufferedInputStream(socket.getInputStream(), 16_384);
        out = socket.getOutputStream();
        host = "127.0.0.1:" + port;
    }

    Answer post(String path, String headers, String body) throws IOException {
        byte[] content = body.getBytes(UTF_8);
        String head = "POST %s HTTP/1.1\r\nHost: %s\r\nContent-Type: application/json\r\nContent-Length: %d\r\n%s\r\n"
                .formatted(path, host, content.length, headers);
        return exchange(head, content);
    }

    Answer get(String path, String headers) throws IOException {
        return exchange("GET %s HTTP/1.1\r\nHost: %s\r\n%s\r\n".formatted(path, host, headers), new byte[0]);
    }

    private Answer exchange(String head, byte[] content) throws IOException {
        byte[] start = head.getBytes(ISO_8859_1);
        byte[] request = new byte[start.length + content.length];
        System.arraycopy(start, 0, request, 0, start.length);
        System.arraycopy(content, 0, request, start.length, content.length);
        out.write(request);
        out.flush();
        return answer();
    }

    private Answer answer() throws IOException {
        int status = Integer.parseInt(line().substring("HTTP/1.1 ".length()).substring(0, 3));
        Map<String, String> headers = new TreeMap<>();
        for (String line = line(); !line.isEmpty(); line = line()) {
            int colon = line.indexOf(':');
            headers.put(line.substring(0, colon).toLowerCase(Locale.ROOT), line.substring(colon + 1).strip());
        }
        int length = Integer.parseInt(headers.getOrDefault("content-length", "0"));
        byte[] body = in.readNBytes(length);
        if (body.length < length) {
            throw new EOFException("The answer ended after %d of %d bytes".formatted(body.length, length));
        }
        return new Answer(status, headers, new String(body, UTF_8));
    }

    private String line() throws IOException {
        StringBuilder line = new StringBuilder(64);
        for (int read = in.read(); read != '\n'; read = in.read()) {
            if (read < 0) {
                throw new EOFException("The connection was closed");
            }
            if (read != '\r') {
                line.append((char) read);
            }
        }
        return line.toString();
    }

    @Override public void close() throws IOException {
        socket.close();
    }
}
