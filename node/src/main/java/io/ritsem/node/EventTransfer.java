package io.ritsem.node;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Locale;
import java.util.Optional;

import io.ritsem.runtime.journal.Database;
import io.ritsem.runtime.journal.DatabaseUnreachableException;
import io.ritsem.runtime.journal.JournalExport;
import io.ritsem.runtime.journal.JournalImport;
import io.ritsem.runtime.journal.JournalUnreadableException;
import io.ritsem.runtime.journal.SchemaException;
import io.ritsem.runtime.journal.TransferException;

/** Moves events between the journal and a file, and tells how far it has come. Confined to the main thread. */
final class EventTransfer {

    private static final Duration BETWEEN_TWO_LINES = Duration.ofSeconds(2);

    private final NodeSettings settings;
    private final PrintStream told;
    private long started;
    private long lastTold;
    private long countAtStart;

    EventTransfer(NodeSettings settings, PrintStream told) {
        this.settings = settings;
        this.told = told;
    }

    /**
     * Writes all events to a file, or to the standard output.
     *
     * @throws NodeStartException if that cannot be; the message says why
     */
    void export(Optional<Path> to) {
        run(database -> {
            JournalExport export = JournalExport.of(database);
            long about = export.about();
            JournalExport.Done done = to.isPresent()
                    ? export.toFile(to.get(), count -> tell(count, about))
                    : export.to(new FileOutputStream(FileDescriptor.out), count -> tell(count, about));
            return "Exported %,d events in %s%s; this is all of the journal%s".formatted(done.written(),
                    took(done.written()),
                    done.before() == 0 ? "" : " to %,d that were there".formatted(done.before()),
                    done.open() ? " up to its horizon: later events were still being stored, run it again for them"
                            : "");
        }, to.map(Path::toString).orElse("the standard output"));
    }

    /**
     * Stores the events of a file.
     *
     * @throws NodeStartException if that cannot be; the message says why, and all chunks before are stored
     */
    void importFrom(Path file) {
        run(database -> {
            JournalImport.Done done = new JournalImport(database.dataSource(), database.checkOwn())
                    .from(Files.newInputStream(file), count -> tell(count, 0));
            return "Read %,d events in %s: %,d are new%s".formatted(done.stored() + done.skipped(),
                    took(done.stored() + done.skipped()), done.stored(),
                    done.skipped() == 0 ? "" : ", %,d were there already".formatted(done.skipped()));
        }, file.toString());
    }

    private interface Task {
        String run(Database database) throws IOException;
    }

    private void run(Task task, String file) {
        try (Database database = Database.open(settings.database())) {
            started = System.nanoTime();
            lastTold = started;
            told.println(task.run(database));
        } catch (NoSuchFileException none) {
            throw new NodeStartException("There is no file or folder '%s'".formatted(none.getMessage()), none);
        } catch (IOException failure) {
            throw new NodeStartException("'%s' cannot be used: %s".formatted(file, failure.getMessage()), failure);
        } catch (JournalUnreadableException away) {
            throw new NodeStartException(away.getMessage() + "; run it again, it goes on", away);
        } catch (DatabaseUnreachableException | SchemaException | TransferException wrong) {
            throw new NodeStartException(wrong);
        }
    }

    /** The first call tells where it goes on. */
    private void tell(long count, long about) {
        long now = System.nanoTime();
        if (countAtStart == 0) {
            countAtStart = count;
        } else if (now - lastTold >= BETWEEN_TWO_LINES.toNanos()) {
            lastTold = now;
            told.printf(Locale.ROOT, "%,d%s events, %s%n", count, about == 0 ? "" : " of about %,d".formatted(about),
                    took(count - countAtStart));
        }
    }

    private String took(long count) {
        double seconds = Math.max((System.nanoTime() - started) / 1e9, 0.001);
        return String.format(Locale.ROOT, "%.1f s (%,.0f/s)", seconds, count / seconds);
    }
}
