package io.ritsem.postgres;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Thread-safe. The right to use a folder, until it is closed or its process dies: the kernel gives the lock of a killed process back, so a folder whose lock can
 * be had has no living owner.
 */
final class FolderLock implements AutoCloseable {

    private static final String FILE = "ritsem-database.lock";

    /** On POSIX a second channel to the same file, once closed, would drop the lock that this process holds; so a held folder is never opened again. */
    private static final Set<Path> HELD_BY_THIS_PROCESS = ConcurrentHashMap.newKeySet();

    private final Path folder;
    private final FileChannel channel;

    private FolderLock(Path folder, FileChannel channel) {
        this.folder = folder;
        this.channel = channel;
    }

    /** Whether the folder was made by us: it has or had an owner. */
    static boolean marks(Path folder) {
        return Files.isRegularFile(folder.resolve(FILE));
    }

    static boolean isMark(Path file) {
        return file.endsWith(FILE);
    }

    /** From now on nobody owns the folder; its owner only gives up the lock. */
    static void unmark(Path folder) throws IOException {
        Files.deleteIfExists(folder.resolve(FILE));
    }

    /** Empty when someone else has it, or when its former owner is deleting the folder this moment. */
    static Optional<FolderLock> tryAcquire(Path folder) throws IOException {
        if (!HELD_BY_THIS_PROCESS.add(folder)) {
            return Optional.empty();
        }
        FileChannel opened = null;
        boolean acquired = false;
        try {
            opened = FileChannel.open(folder.resolve(FILE), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
            FileLock lock = opened.tryLock();
            acquired = lock != null && marks(folder);
            return acquired ? Optional.of(new FolderLock(folder, opened)) : Optional.empty();
        } catch (NoSuchFileException e) {
            return Optional.empty();
        } finally {
            if (!acquired) {
                if (opened != null) {
                    opened.close();
                }
                HELD_BY_THIS_PROCESS.remove(folder);
            }
        }
    }

    @Override public void close() throws IOException {
        try {
            channel.close();
        } finally {
            HELD_BY_THIS_PROCESS.remove(folder);
        }
    }
}
