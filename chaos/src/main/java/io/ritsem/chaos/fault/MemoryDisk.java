package io.ritsem.chaos.fault;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/** A small disk of its own (tmpfs), so that a full one hurts nobody else. Needs the right to mount. */
public final class MemoryDisk implements AutoCloseable {

    private static final int PATIENCE_SECONDS = 20;
    private static final String SIZE = "320m";

    private final Path folder;

    private MemoryDisk(Path folder) {
        this.folder = folder;
    }

    /** Empty when this machine does not allow it. */
    public static Optional<MemoryDisk> mount() throws IOException {
        Path folder = Files.createTempDirectory("ritsem-chaos-disk");
        if (run(List.of("mount", "-t", "tmpfs", "-o", "mode=0700,size=" + SIZE, "ritsem-chaos", folder.toString()))) {
            return Optional.of(new MemoryDisk(folder));
        }
        Files.delete(folder);
        return Optional.empty();
    }

    public Path folder() {
        return folder;
    }

    private static boolean run(List<String> line) {
        try {
            Process process = new ProcessBuilder(line).redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .start();
            return process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS) && process.exitValue() == 0;
        } catch (IOException absent) {
            return false;
        } catch (InterruptedException interrupted) {
            throw new IllegalStateException("Interrupted while a disk is mounted", interrupted);
        }
    }

    @Override public void close() throws IOException {
        if (!run(List.of("umount", folder.toString()))) {
            throw new IOException("Still mounted: " + folder);
        }
        Files.delete(folder);
    }
}
