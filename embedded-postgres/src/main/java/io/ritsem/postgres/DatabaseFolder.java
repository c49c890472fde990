package io.ritsem.postgres;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
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

    /** Stops the server that an earlier process left running in this folder. */
    void stopLeftover() throws IOException, InterruptedException {
        Optional<Postmaster> leftover = Postmaster.in(data());
        if (leftover.isPresent()) {
            LOG.info("Stopping the PostgreSQL server (process {}) that an ended process left running in {}",
                    leftover.get().process().pid(), path);
            leftover.get().stop();
        }
    }

    /** Starts the server whose data this is with the options that it had; PostgreSQL keeps them beside the data. */
    void restart(Duration limit) throws IOException, InterruptedException {
        List<String> options = Files.readAllLines(data().resolve("postmaster.opts"));
        Path postgres = Path.of(options.getFirst().substring(0, options.getFirst().indexOf(" \"")));
        List<String> line = new ArrayList<>();
        if (LinuxUtils.isUnshareAvailable()) {
            line.addAll(List.of("unshare", "-U")); // PostgreSQL refuses to run as root
        }
        line.addAll(List.of(postgres.resolveSibling("pg_ctl").toString(), "restart", "-w", "-t",
                Long.toString(limit.toSeconds()), "-D", data().toString(), "-l", log().toString()));
        Process start = new ProcessBuilder(line).redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(log().toFile()))
                .start();
        if (!start.waitFor(limit.toMillis(), TimeUnit.MILLISECONDS) || start.exitValue() != 0) {
            start.destroyForcibly();
            throw new EmbeddedDatabaseException(
                    "PostgreSQL did not start again in %s; its log is %s".formatted(data(), log()), null);
        }
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
