package io.ritsem.http.sample;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Locale;

/** A socket, for what no well-behaved client would send. Confined to its test. */
public final class RawClient implements AutoCloseable {

    private static final int LONGEST_WAIT = 20_000;

    private final Socket socket;
    private final InputStream in;

    public RawClient(int port) throws IOException {
        this(port, new Socket());
    }

    private RawClient(int port, Socket socket) throws IOException {
        this.socket = socket;
        socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
        socket.setSoTimeout(LONGEST_WAIT);
        in = socket.getInputStream();
    }

    /** One for whom the system keeps little that it has not read: some systems would keep 30 MB. */
    public static RawClient stalling(int port) throws IOException {
        Socket socket = new Socket();
        socket.setReceiveBufferSize(64 << 10);
        return new RawClient(port, socket);
    }

    /** @param head what comes before the body, with its headers */
    public record Answer(int status, String head, String body) {

        public boolean isProblem() {
            return head.toLowerCase(Locale.ROOT).contains("content-type: application/problem+json");
        }
    }

    public RawClient send(String text) throws IOException {
        return send(text.getBytes(StandardCharsets.ISO_8859_1));
    }

    public RawClient send(byte[] bytes) throws IOException {
        socket.getOutputStream().write(bytes);
        return this;
    }

    /** Says that nothing more comes. */
    public RawClient end() throws IOException {
        socket.shutdownOutput();
        return this;
    }

    /** Reads one answer with a Content-Length. */
    public Answer answer() throws IOException {
        StringBuilder head = new StringBuilder();
        while (head.indexOf("\r\n\r\n") < 0) {
            int next = in.read();
            if (next < 0) {
                throw new IOException("The connection was closed after: " + head);
            }
            head.append((char) next);
        }
        int status = Integer.parseInt(head.substring(9, 12));
        int at = head.toString().toLowerCase(Locale.ROOT).indexOf("content-length: ");
        int length = at < 0 ? 0 : Integer.parseInt(head.substring(at + 16, head.indexOf("\r\n", at)));
        return new Answer(status, head.toString(), new String(in.readNBytes(length), StandardCharsets.UTF_8));
    }

    /** Reads a line of a chunked answer, whatever the chunks are; the sizes of chunks are lines, too. */
    public String line() throws IOException {
        ByteArrayOutputStream line = new ByteArrayOutputStream();
        for (int next = in.read(); next != '\n'; next = in.read()) {
            if (next < 0) {
                throw new IOException("The connection was closed after: " + line);
            }
            line.write(next);
        }
        return line.toString(StandardCharsets.UTF_8).strip();
    }

    /** Reads to a line that is a JSON object. */
    public String jsonLine() throws IOException {
        String line = line();
        while (!line.startsWith("{")) {
            line = line();
        }
        return line;
    }

    /** Waits until the server closes; true if it does within the client's patience. */
    public boolean isClosedByServer() {
        try {
            var _ = in.transferTo(OutputStream.nullOutputStream()); // what it still says does not matter
            return true;
        } catch (java.net.SocketTimeoutException open) {
            return false;
        } catch (IOException reset) {
            return true;
        }
    }

    @Override public void close() throws IOException {
        socket.close();
    }
}
