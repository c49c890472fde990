package io.ritsem.runtime.journal;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.List;
import java.util.function.LongConsumer;

import org.jspecify.annotations.Nullable;

/**
 * The journal as lines of CloudEvents, in commit order up to the horizon; so each entity's events are in their order and
 * without gaps. Reads in pages, so it needs no more memory for a longer journal. Blocking; confined to its caller.
 */
public final class JournalExport {

    /** Of 1 MiB each, the largest that there can be, these still fit in memory. */
    private static final int PAGE = 250;

    private static final int BUFFER = 1 << 20;
    /** Enough of a file to see whether it begins as an export does. */
    private static final int BEGINNING = 1024;
    private static final String ADVICE = "name another file, or delete this one";

    private final JournalReader journal;
    private final Pages pages;

    private interface Pages {
        JournalReader.Tail after(Position position, int limit);
    }

    public JournalExport(JournalReader journal) {
        this(journal, journal::readAll);
    }

    private JournalExport(JournalReader journal, Pages pages) {
        this.journal = journal;
        this.pages = pages;
    }

    /**
     * The export of a database, also of one that a node refuses to start on because it was restored from a logical backup.
     *
     * @throws SchemaException if the schema is not exactly the one of this release
     */
    public static JournalExport of(Database database) {
        JournalInfo info = database.checkToExport();
        JournalReader reader = new JournalReader(database.dataSource(), info);
        return database.transactionsAhead() < 0
                ? new JournalExport(reader)
                : new JournalExport(reader, new RestoredJournal(database.dataSource(), info)::readAll);
    }

    /**
     * What was done.
     *
     * @param before how many events the file held already
     * @param written how many were added
     * @param open whether later events wait above the horizon, which another run would add
     */
    public record Done(long before, long written, boolean open) {}

    /** About how many events there are. */
    public long about() {
        return journal.countAfter(Position.START);
    }

    /**
     * Writes all events.
     *
     * @param progress told from time to time how many were written
     * @throws IOException if that cannot be written to
     * @throws JournalUnreadableException if the database does not answer; nothing is lost but the way so far
     */
    public Done to(OutputStream out, LongConsumer progress) throws IOException {
        return write(Position.START, 0, out, progress);
    }

    /**
     * Writes those events to a file that it does not hold yet; a last line that is not complete is written anew.
     *
     * @param progress told from time to time how many the file holds
     * @throws IOException if the file cannot be written
     * @throws TransferException if the file is not an earlier export of this journal, or another export is writing it
     * @throws JournalUnreadableException if the database does not answer; run again, it goes on
     */
    public Done toFile(Path file, LongConsumer progress) throws IOException {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.READ,
                StandardOpenOption.WRITE); FileLock lock = lock(channel)) {
            if (lock == null) {
                throw new TransferException("Another export is writing %s: wait for it".formatted(file));
            }
            Lines lines = Lines.of(channel);
            Position after = lines.count == 0 ? startOf(channel, file) : positionOf(lines.last(channel), file);
            channel.truncate(lines.end);
            channel.position(lines.end);
            Done done = write(after, lines.count, Channels.newOutputStream(channel), progress);
            channel.force(true);
            return done;
        }
    }

    private static @Nullable FileLock lock(FileChannel channel) throws IOException {
        try {
            return channel.tryLock();
        } catch (OverlappingFileLockException another) {
            return null;
        }
    }

    private Done write(Position start, long before, OutputStream destination, LongConsumer progress)
            throws IOException {
        OutputStream out = new BufferedOutputStream(destination, BUFFER);
        Position after = start;
        long written = 0;
        while (true) {
            JournalReader.Tail tail = pages.after(after, PAGE);
            for (RecordedEvent event : tail.events()) {
                out.write(CloudEventLine.of(event));
                after = event.position();
                written++;
            }
            progress.accept(before + written);
            if (tail.cuts().isEmpty()) {
                out.flush();
                return new Done(before, written, tail.last() >= tail.horizon());
            }
        }
    }

    /** The start of the journal, for a file that has not one line to its end: it is overwritten, so it must be one of these. */
    private static Position startOf(FileChannel channel, Path file) throws IOException {
        if (!CloudEventLine.mayBegin(read(channel, 0, (int) Math.min(channel.size(), BEGINNING)))) {
            throw new TransferException(
                    "%s is not an export to go on with: it does not begin as one; %s".formatted(file, ADVICE));
        }
        return Position.START;
    }

    private static byte[] read(FileChannel channel, long from, int length) throws IOException {
        ByteBuffer bytes = ByteBuffer.allocate(length);
        while (bytes.hasRemaining() && channel.read(bytes, from + bytes.position()) >= 0) {
            // reads on
        }
        return bytes.array();
    }

    /** Where the event of a file's last line stands in this journal. */
    private Position positionOf(byte[] line, Path file) {
        RecordedEvent last;
        try {
            last = CloudEventLine.read(line);
        } catch (CloudEventLine.Malformed wrong) {
            throw new TransferException("%s is not an export to go on with: its last line %s; %s".formatted(file,
                    wrong.getMessage(), ADVICE), wrong);
        }
        List<RecordedEvent> stored = journal.events(last.entity(), last.sequence() - 1, last.sequence(), 1);
        if (stored.isEmpty() || !Arrays.equals(CloudEventLine.of(stored.getFirst()), CloudEventLine.of(last))) {
            throw new TransferException(
                    "%s is the export of another journal: it ends with event %d of %s, which is %s; %s"
                            .formatted(file, last.sequence(), last.entity().persistenceId(),
                                    stored.isEmpty() ? "not in this one" : "another one here", ADVICE));
        }
        return stored.getFirst().position();
    }

    /**
     * The complete lines of a file.
     *
     * @param lastStart where the last of them begins
     * @param end where it ends
     */
    private record Lines(long count, long lastStart, long end) {

        static Lines of(FileChannel channel) throws IOException {
            ByteBuffer buffer = ByteBuffer.allocate(BUFFER);
            Lines lines = new Lines(0, 0, 0);
            long at = 0;
            while (channel.read(buffer, at) >= 0) {
                buffer.flip();
                while (buffer.hasRemaining()) {
                    at++;
                    if (buffer.get() == '\n') {
                        lines = new Lines(lines.count + 1, lines.end, at);
                    }
                }
                buffer.clear();
            }
            return lines;
        }

        byte[] last(FileChannel channel) throws IOException {
            if (end - lastStart > CloudEventLine.LONGEST) {
                return new byte[0];
            }
            return read(channel, lastStart, (int) (end - lastStart));
        }
    }
}
