package io.ritsem.chaos.fault;

import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;

import io.ritsem.postgres.EmbeddedDatabase;

/** Fills the disk that a database lies on, for 10 s. A server that gave up meanwhile is started again, as its platform would. */
public final class FullDisk implements DatabaseFault {

    private static final int FULL_MILLIS = 10_000;
    private static final long RETURNS_WITHIN = TimeUnit.SECONDS.toNanos(60);
    private static final int CHUNK = 1 << 16;

    private final Path filler;

    /** @param disk a folder of it */
    public FullDisk(Path disk) {
        this.filler = disk.resolve("filler");
    }

    @Override public long inflict(EmbeddedDatabase server, SplittableRandom random) {
        try {
            long end = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(FULL_MILLIS);
            while (System.nanoTime() < end) {
                fill();
                Pause.millis(100);
            }
            Files.delete(filler);
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
        if (!server.isRunning()) {
            server.startAgain();
        }
        awaitConnection(server);
        return System.nanoTime();
    }

    /** Takes what is left; what the server gives back meanwhile is taken again. */
    private void fill() throws IOException {
        byte[] chunk = new byte[CHUNK];
        for (int size = CHUNK; size >= 512; size /= 2) {
            try (OutputStream out = Files.newOutputStream(filler, StandardOpenOption.CREATE,
                    StandardOpenOption.APPEND)) {
                while (true) {
                    out.write(chunk, 0, size);
                }
            } catch (IOException full) {
                if (!Files.exists(filler)) {
                    throw full;
                }
            }
        }
    }

    private static void awaitConnection(EmbeddedDatabase server) {
        long end = System.nanoTime() + RETURNS_WITHIN;
        while (true) {
            try (Connection connection = DriverManager.getConnection(server.jdbcUrl())) {
                if (connection.isValid(1)) {
                    return;
                }
            } catch (SQLException notYet) {
                if (System.nanoTime() > end) {
                    throw new IllegalStateException("The database did not come back after its disk was freed", notYet);
                }
            }
            Pause.millis(20);
        }
    }
}
