package io.ritsem.chaos.cluster;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** What was done to a cluster and what the platform saw, with the time, to be laid beside what the nodes say. Thread-safe. */
final class Diary {

    private final Path file;
    private final CopyOnWriteArrayList<String> lines = new CopyOnWriteArrayList<>();

    Diary(Path file) throws IOException {
        this.file = file;
        Files.deleteIfExists(file);
    }

    synchronized void note(String what) {
        String line = Instant.now().truncatedTo(ChronoUnit.MILLIS) + " " + what;
        lines.add(line);
        try {
            Files.writeString(file, line + "\n", StandardOpenOption.CREATE, StandardOpenOption.APPEND);
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    /** Those that say this. */
    List<String> about(String what) {
        return lines.stream().filter(line -> line.contains(what)).toList();
    }
}
