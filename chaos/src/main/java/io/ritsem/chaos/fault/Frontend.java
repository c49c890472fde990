package io.ritsem.chaos.fault;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.util.HashSet;
import java.util.Set;

import static java.nio.charset.StandardCharsets.UTF_8;

/**
 * Reads what a client of PostgreSQL sends, message by message, as the protocol of version 3 has it, and knows when an
 * insert into the journal is complete but for its commit. Not thread-safe.
 *
 * @see <a href="https://www.postgresql.org/docs/current/protocol-message-formats.html">the message formats</a>
 */
final class Frontend {

    private static final byte[] END = {};
    private static final int ENCRYPTION_REQUEST = 8;
    private static final int CANCEL_REQUEST = 16;
    private static final String INSERT = "INSERT INTO ritsem.event_journal";

    private final Set<String> inserts = new HashSet<>();
    private boolean started;
    private boolean inserting;
    private boolean complete;

    /** The next message with its head; empty at the end. */
    byte[] next(InputStream in) throws IOException {
        complete = false;
        int type = started ? in.read() : 0;
        byte[] length = in.readNBytes(Integer.BYTES);
        if (type < 0 || length.length < Integer.BYTES) {
            return END;
        }
        int size = ByteBuffer.wrap(length).getInt();
        byte[] body = in.readNBytes(size - Integer.BYTES);
        if (!started) {
            started = size != ENCRYPTION_REQUEST && size != CANCEL_REQUEST;
            return ByteBuffer.allocate(size).put(length).put(body).array();
        }
        look(type, body);
        return ByteBuffer.allocate(1 + size).put((byte) type).put(length).put(body).array();
    }

    private void look(int type, byte[] body) {
        switch (type) {
            case 'P' -> parse(body);
            case 'B' -> inserting |= inserts.contains(text(body, text(body, 0).getBytes(UTF_8).length + 1));
            case 'S' -> {
                complete = inserting;
                inserting = false;
            }
            default -> {
                // of no interest
            }
        }
    }

    private void parse(byte[] body) {
        String name = text(body, 0);
        if (text(body, name.getBytes(UTF_8).length + 1).contains(INSERT)) {
            inserts.add(name);
        } else {
            inserts.remove(name);
        }
    }

    /** Whether the message that was read last is the one (Sync) that lets an insert into the journal commit. */
    boolean writesJournal() {
        return complete;
    }

    /** Whether what the server sent ends with ReadyForQuery: it has done, and answered, all. */
    static boolean isReady(byte[] bytes, int length) {
        return length >= 6 && bytes[length - 6] == 'Z' && bytes[length - 2] == 5;
    }

    private static String text(byte[] body, int from) {
        int end = from;
        while (body[end] != 0) {
            end++;
        }
        return new String(body, from, end - from, UTF_8);
    }
}
