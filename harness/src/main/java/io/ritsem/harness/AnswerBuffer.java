package io.ritsem.harness;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.ReadableByteChannel;
import java.util.Arrays;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

/** Takes the bytes of one HTTP answer after the other, each with a Content-Length, and knows when one is complete. Not thread-safe. */
public final class AnswerBuffer {

    private static final int STATUS = "HTTP/1.1 ".length();
    private static final byte[] LENGTH = "\r\ncontent-length:".getBytes(ISO_8859_1);

    private byte[] bytes = new byte[1 << 14];
    private int filled;
    private int headEnd = -1;
    private int end;

    /** Begins with the next answer. */
    public void clear() {
        filled = 0;
        headEnd = -1;
    }

    /** Waits for some bytes. Returns whether the answer is complete. */
    public boolean readFrom(InputStream in) throws IOException {
        makeRoom();
        return came(in.read(bytes, filled, bytes.length - filled));
    }

    /** Takes the bytes that are there. Returns whether the answer is complete. */
    public boolean readFrom(ReadableByteChannel channel) throws IOException {
        makeRoom();
        return came(channel.read(ByteBuffer.wrap(bytes, filled, bytes.length - filled)));
    }

    private void makeRoom() {
        if (filled == bytes.length) {
            bytes = Arrays.copyOf(bytes, 2 * filled);
        }
    }

    private boolean came(int count) throws EOFException {
        if (count < 0) {
            throw new EOFException("The connection was closed after %d bytes of an answer".formatted(filled));
        }
        int before = filled;
        filled += count;
        if (headEnd < 0) {
            headEnd = endOfHead(Math.max(0, before - 3));
            end = headEnd < 0 ? 0 : headEnd + contentLength();
        }
        return headEnd >= 0 && filled >= end;
    }

    /** The status of an answer whose head is complete. */
    public int status() {
        return 100 * digit(STATUS) + 10 * digit(STATUS + 1) + digit(STATUS + 2);
    }

    /** A copy of a complete answer. */
    public HttpCaller.Answer answer() {
        return new HttpCaller.Answer(status(), Arrays.copyOf(bytes, headEnd), Arrays.copyOfRange(bytes, headEnd, end));
    }

    /** Where the body begins; negative if the head has not ended yet. */
    private int endOfHead(int from) {
        for (int at = from + 3; at < filled; at++) {
            if (bytes[at] == '\n' && bytes[at - 2] == '\n' && bytes[at - 1] == '\r' && bytes[at - 3] == '\r') {
                return at + 1;
            }
        }
        return -1;
    }

    private int contentLength() {
        for (int at = 0; at < headEnd - LENGTH.length; at++) {
            if (bytes[at] == '\r' && isLength(at)) {
                int length = 0;
                for (int next = at + LENGTH.length; bytes[next] != '\r'; next++) {
                    length = bytes[next] == ' ' ? length : 10 * length + digit(next);
                }
                return length;
            }
        }
        return 0;
    }

    private boolean isLength(int start) {
        for (int i = 0; i < LENGTH.length; i++) {
            if ((bytes[start + i] | 0x20) != (LENGTH[i] | 0x20)) {
                return false;
            }
        }
        return true;
    }

    private int digit(int at) {
        return bytes[at] - '0';
    }
}
