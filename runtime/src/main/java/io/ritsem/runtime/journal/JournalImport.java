package io.ritsem.runtime.journal;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.LongConsumer;
import javax.sql.DataSource;

import akka.persistence.PersistentRepr;
import org.jspecify.annotations.Nullable;

import static java.util.stream.Collectors.toSet;

/**
 * Lines of CloudEvents into the journal, as {@link JournalExport} writes them. The events come out as they were, but
 * their positions are this server's. A chunk is stored whole or not at all; events that are there already are compared
 * and skipped, so it may be run again. Blocking; confined to its caller.
 */
public final class JournalImport {

    private static final int CHUNK = 5_000;

    /** So that a chunk of large events fits in memory, and is stored within the time of a statement. */
    private static final int BYTES_OF_A_CHUNK = 16 << 20;

    private static final int BUFFER = 1 << 20;

    private final DataSource dataSource;
    private final JournalInfo info;
    private final ImportedEntities entities;

    public JournalImport(DataSource dataSource, JournalInfo info) {
        this.dataSource = dataSource;
        this.info = info;
        this.entities = new ImportedEntities(dataSource);
    }

    /**
     * What was done.
     *
     * @param stored how many events are new
     * @param skipped how many were there already
     */
    public record Done(long stored, long skipped) {}

    /** A line that was read. */
    private record Line(long number, RecordedEvent event) {}

    /**
     * Stores the events of all lines, up to the first that cannot be.
     *
     * @param progress told from time to time how many lines were read
     * @throws IOException if the lines cannot be read
     * @throws TransferException if a line is malformed, is not its entity's next, or differs from what is stored; all
     *     chunks before its own are stored
     * @throws JournalUnreadableException if the database does not answer; run again, it goes on
     */
    public Done from(InputStream in, LongConsumer progress) throws IOException {
        long stored = 0;
        long skipped = 0;
        try (LineInput lines = new LineInput(in);
                JournalTable table = new JournalTable(dataSource, info, WriteFence.NONE)) {
            for (List<Line> chunk = lines.chunk(); !chunk.isEmpty(); chunk = lines.chunk()) {
                List<Line> fresh = fresh(chunk);
                store(fresh, table);
                stored += fresh.size();
                skipped += chunk.size() - fresh.size();
                progress.accept(stored + skipped);
            }
        }
        return new Done(stored, skipped);
    }

    /** Those lines that are not stored yet; each is its entity's next. */
    private List<Line> fresh(List<Line> chunk) {
        Map<String, Long> versions = new HashMap<>(entities.versions(
                chunk.stream().map(line -> persistenceId(line)).collect(toSet())));
        List<Line> known = new ArrayList<>();
        List<Line> fresh = new ArrayList<>();
        for (Line line : chunk) {
            long version = versions.getOrDefault(persistenceId(line), 0L);
            long sequence = line.event().sequence();
            if (sequence <= version) {
                known.add(line);
            } else if (sequence == version + 1) {
                fresh.add(line);
                versions.put(persistenceId(line), sequence);
            } else {
                throw new TransferException("Line %d is event %d of %s, but the next one of it must be %d".formatted(
                        line.number(), sequence, persistenceId(line), version + 1));
            }
        }
        requireEqual(known, fresh);
        return fresh;
    }

    private void requireEqual(List<Line> known, List<Line> fresh) {
        Map<String, RecordedEvent> stored = new HashMap<>();
        fresh.forEach(line -> stored.put(place(line.event()), line.event()));
        entities.events(known.stream().map(Line::event).toList()).forEach(event -> stored.put(place(event), event));
        for (Line line : known) {
            @Nullable RecordedEvent there = stored.get(place(line.event()));
            if (there == null || !Arrays.equals(CloudEventLine.of(there), CloudEventLine.of(line.event()))) {
                throw new TransferException(("Line %d is event %d of %s, but another one is stored there: this journal "
                        + "has another past of it").formatted(line.number(), line.event().sequence(),
                                persistenceId(line)));
            }
        }
    }

    private static void store(List<Line> lines, JournalTable table) {
        if (lines.isEmpty()) {
            return;
        }
        try {
            var _ = table.insert(lines.stream().map(line -> row(line.event())).toList());
        } catch (SQLException failure) {
            throw new TransferException(told(table, failure, "Lines %d to %d".formatted(lines.getFirst().number(),
                    lines.getLast().number())), failure);
        }
    }

    private static String told(JournalTable table, SQLException failure, String lines) {
        String cause = String.valueOf(failure.getMessage()).replaceAll("\\s+", " ");
        return switch (table.explain(failure, lines)) {
            case JournalWriteException.Conflict _ ->
                    "%s were not stored: a node stored events of the same entities meanwhile; run it again"
                            .formatted(lines);
            case JournalWriteException.KeyConflict _ ->
                    "%s were not stored: one has an idempotency key that another event of its entity has spent: %s"
                            .formatted(lines, cause);
            case JournalWriteException.Refused _ ->
                    "%s were not stored: the database refuses them: %s".formatted(lines, cause);
            case JournalWriteException.NotReadableByAll _ -> "%s were not stored: %s".formatted(lines, cause);
            case JournalWriteException.Unavailable _,JournalWriteException.NoMajority _ ->
                    "%s were not stored (%s): run it again, it goes on there".formatted(lines, cause);
            case JournalWriteException.OutcomeUnknown _ ->
                    "%s may be stored or not, the database did not say so (%s): run it again, it goes on there"
                            .formatted(lines, cause);
        };
    }

    private static PersistentRepr row(RecordedEvent event) {
        return PersistentRepr.apply(EventEnvelope.recovered(event), event.sequence(),
                event.entity().persistenceId(), event.manifest().toString(), false, null, JournalTable.WRITER);
    }

    private static String persistenceId(Line line) {
        return line.event().entity().persistenceId();
    }

    private static String place(RecordedEvent event) {
        return event.sequence() + " of " + event.entity().persistenceId();
    }

    /** Reads lines, and tells by its number which one is malformed. */
    private static final class LineInput implements AutoCloseable {

        private final InputStream in;
        private long number;

        LineInput(InputStream in) {
            this.in = new BufferedInputStream(in, BUFFER);
        }

        List<Line> chunk() throws IOException {
            List<Line> chunk = new ArrayList<>();
            long bytes = 0;
            while (chunk.size() < CHUNK && bytes < BYTES_OF_A_CHUNK) {
                byte @Nullable [] line = next();
                if (line == null) {
                    break;
                }
                bytes += line.length;
                chunk.add(parsed(line));
            }
            return chunk;
        }

        private Line parsed(byte[] line) {
            try {
                return new Line(number, CloudEventLine.read(line));
            } catch (CloudEventLine.Malformed wrong) {
                throw new TransferException("Line %d %s".formatted(number, wrong.getMessage()), wrong);
            }
        }

        private byte @Nullable [] next() throws IOException {
            int read = in.read();
            if (read < 0) {
                return null;
            }
            number++;
            ByteArrayOutputStream line = new ByteArrayOutputStream(512);
            while (read >= 0 && read != '\n') {
                if (line.size() == CloudEventLine.LONGEST) {
                    throw new TransferException(
                            "Line %d is longer than %d bytes".formatted(number, CloudEventLine.LONGEST));
                }
                line.write(read);
                read = in.read();
            }
            return line.toByteArray();
        }

        @Override public void close() throws IOException {
            in.close();
        }
    }
}
