package io.ritsem.postgres;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

import io.zonky.test.db.postgres.util.LinuxUtils;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Thread-confined but for {@link #release}. A locked folder with a server's data: {@code data/}, {@code postgres.log}, a mark that the data is complete, the
 * lock.
 */
final class DatabaseFolder {

    private static final Logger LOG = LoggerFactory.getLogger(DatabaseFolder.class);
    private static final String COMPLETE = "complete";

    private final Path path;
    private final FolderLock lock;

    private DatabaseFolder(Path path, FolderLock lock) {
        this.path = path;
        this.lock = lock;
    }

    /** A new folder below the system's folder for temporary files; what dead processes left there is removed first. */
    static DatabaseFolder temporary() throws IOException, InterruptedException {
        Path home = Path.of(System.getProperty("java.io.tmpdir"), "ritsem-postgres-" + System.getProperty("user.name"))
                .toAbsolutePath();
        Files.createDirectories(home);
        removeAbandoned(home);
        while (true) {
            Path path = home.resolve(
                    ProcessHandle.current().pid() + "-" + Integer.toHexString(ThreadLocalRandom.current().nextInt()));
            Files.createDirectories(path);
            Optional<FolderLock> lock = FolderLock.tryAcquire(path);
            if (lock.isPresent()) {
                return new DatabaseFolder(path, lock.get());
            }
        }
    }

    /** An existing or new folder that keeps its data. */
    static DatabaseFolder at(Path folder) throws IOException, InterruptedException {
        Path path = folder.toAbsolutePath().normalize();
        Files.createDirectories(path);
        path = path.toRealPath();
        FolderLock lock = lock(path);
        try {
            DatabaseFolder locked = new DatabaseFolder(path, lock);
            locked.stopLeftover();
            locked.removeHalfMade();
            return locked;
        } catch (IOException | InterruptedException | RuntimeException e) {
            lock.close();
            throw e;
        }
    }

    private static FolderLock lock(Path path) throws IOException {
        return FolderLock.tryAcquire(path)
                .orElseThrow(() -> new EmbeddedDatabaseException(
                        "The database folder " + path
                                + " is used by another process; stop that one or choose another folder.",
                        null));
    }

    /** Deletes a folder that {@link #at} has made; refuses any other, and one in use. */
    static void delete(Path folder) throws IOException, InterruptedException {
        if (!Files.exists(folder)) {
            return;
        }
        Path path = folder.toRealPath();
        if (!FolderLock.marks(path)) {
            throw new EmbeddedDatabaseException(
                    path + " was not made by Ritsem and is left alone; delete it yourself or choose another folder.",
                    null);
        }
        DatabaseFolder mine = new DatabaseFolder(path, lock(path));
        mine.stopLeftover();
        mine.release(true);
    }

    Path data() {
        return path.resolve("data");
    }

    Path log() {
        return path.resolve("postgres.log");
    }

    void markComplete() throws IOException {
        Files.writeString(path.resolve(COMPLETE), "");
    }

    /** Stops the server that runs in this folder, if one does. */
    void stop() throws IOException {
        Optional<Postmaster> running = Postmaster.in(data());
        if (running.isPresent()) {
            try {
                running.get().stop();
            } catch (InterruptedException interrupted) {
                Thread.currentThread().interrupt();
                throw new IOException("Interrupted while PostgreSQL stops", interrupted);
            }
        }
    }

    /** Stops the server that an earlier process left running in this folder. */
    void stopLeftover() throws IOException, InterruptedException {
        Optional<Postmaster> leftover = Postmaster.in(data());
        if (leftover.isPresent()) {
            LOG.info("Stopping the PostgreSQL server (process {}) that an ended process left running in {}",
                    leftover.get().process().pid(), path);
            leftover.get().stop();
        }
    }

    /**
     * Starts the server whose data this is.
     *
     * @param options those of the command line; empty for those that it had, which PostgreSQL keeps beside the data
     */
    void restart(Duration limit, Place place, String options) throws IOException, InterruptedException {
        List<String> line = new ArrayList<>(place.entry());
        if (LinuxUtils.isUnshareAvailable()) {
            line.addAll(List.of("unshare", "-U")); // PostgreSQL refuses to run as root
        }
        String past = Files.readAllLines(data().resolve("postmaster.opts")).getFirst();
        Path postgres = Path.of(past.substring(0, past.indexOf(" \"")));
        line.addAll(List.of(postgres.resolveSibling("pg_ctl").toString(), options.isEmpty() ? "restart" : "start", "-w",
                "-t", Long.toString(limit.toSeconds()), "-D", data().toString(), "-l", log().toString()));
        if (!options.isEmpty()) {
            line.addAll(List.of("-o", options));
        }
        Process start = new ProcessBuilder(line).redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(log().toFile()))
                .start();
        if (!start.waitFor(limit.toMillis(), TimeUnit.MILLISECONDS) || start.exitValue() != 0) {
            start.destroyForcibly();
            throw new EmbeddedDatabaseException(
                    "PostgreSQL did not start again in %s; its log is %s".formatted(data(), log()), null);
        }
    }

    /** Lets whoever is in the server's own networks in, as it does everyone on this machine. */
    void trustNeighbours() throws IOException {
        Files.writeString(data().resolve("pg_hba.conf"), """
                                                         host all all samenet trust
                                                         host replication all samenet trust
                                                         """, StandardOpenOption.APPEND);
    }

    /** A new folder with a copy of the data of this one, whose server is stopped: that of a standby of a server there. */
    DatabaseFolder standbyOf(Place primary) throws IOException, InterruptedException {
        DatabaseFolder copy = temporary();
        try (Stream<Path> files = Files.walk(data())) {
            for (Path file : files.toList()) {
                Files.copy(file, copy.data().resolve(data().relativize(file)), StandardCopyOption.COPY_ATTRIBUTES);
            }
        }
        Files.writeString(copy.data().resolve("standby.signal"), "");
        Files.writeString(copy.data().resolve("postgresql.auto.conf"),
                "primary_conninfo = 'host=%s port=%d user=postgres'\n"
                        .formatted(primary.address(), primary.port()),
                StandardOpenOption.APPEND);
        copy.markComplete();
        return copy;
    }

    /** An interrupted initdb leaves a folder in which no server ever starts. */
    private void removeHalfMade() throws IOException {
        if (Files.exists(data()) && !Files.exists(path.resolve(COMPLETE))) {
            deleteTree(data());
        }
    }

    void release(boolean delete) throws IOException {
        try {
            if (delete) {
                deleteContents();
                FolderLock.unmark(path);
                Files.deleteIfExists(path);
            }
        } finally {
            lock.close();
        }
    }

    private static void removeAbandoned(Path home) throws IOException, InterruptedException {
        List<Path> folders;
        try (Stream<Path> children = Files.list(home)) {
            folders = children.filter(FolderLock::marks).toList();
        }
        for (Path folder : folders) {
            Optional<FolderLock> lock = FolderLock.tryAcquire(folder);
            if (lock.isPresent()) {
                DatabaseFolder abandoned = new DatabaseFolder(folder, lock.get());
                abandoned.stopLeftover();
                abandoned.release(true);
            }
        }
    }

    /** All but the mark, so that a deletion that is cut short can be taken up again. */
    private void deleteContents() throws IOException {
        try (Stream<Path> children = Files.list(path)) {
            for (Path child : children.filter(child -> !FolderLock.isMark(child)).toList()) {
                deleteTree(child);
            }
        }
    }

    private static void deleteTree(Path root) throws IOException {
        try (Stream<Path> files = Files.walk(root)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(file);
            }
        } catch (UncheckedIOException e) {
            throw e.getCause();
        }
    }
}
