package io.ritsem.bench;

import java.io.BufferedReader;
import java.io.IOException;
import java.net.ServerSocket;
import java.util.Map;
import java.util.concurrent.TimeUnit;

import io.ritsem.harness.ChildProcess;

import static io.ritsem.bench.Report.say;
import static java.nio.charset.StandardCharsets.UTF_8;

/** A node as people start it: {@code ./ritsem serve}, in a process of its own. Not thread-safe. */
final class ServeProcess implements AutoCloseable {

    private static final int STOP_SECONDS = 60;

    private final Process process;
    private final int port;
    private final double secondsToReady;

    /**
     * Returns when it is ready.
     *
     * @param javaOptions what its JVM is told beside the usual
     * @throws IllegalStateException if it ends before
     */
    ServeProcess(String database, String javaOptions) throws IOException {
        try (ServerSocket probe = new ServerSocket(0)) {
            port = probe.getLocalPort();
        }
        ProcessBuilder builder = new ProcessBuilder("../ritsem", "serve", "--http-port", Integer.toString(port))
                .redirectErrorStream(true);
        builder.environment()
                .putAll(Map.of("RITSEM_DATABASE_URL", database, "RITSEM_MANAGEMENT_PORT", "0", "RITSEM_JAVA_OPTIONS",
                        javaOptions));
        long started = System.nanoTime();
        process = ChildProcess.start(builder);
        awaitReady(process.inputReader(UTF_8));
        secondsToReady = (System.nanoTime() - started) / 1e9;
    }

    /** What else it says, nobody reads: it says little. */
    private static void awaitReady(BufferedReader said) throws IOException {
        for (String line = said.readLine(); line != null; line = said.readLine()) {
            if (line.startsWith("Ritsem is ready")) {
                return;
            }
            say("%s", line);
        }
        throw new IllegalStateException("The node was not ready");
    }

    int port() {
        return port;
    }

    double secondsToReady() {
        return secondsToReady;
    }

    /** Stops it in order; by force if that takes longer than 60 s. */
    @Override public void close() {
        process.destroy();
        try {
            if (!process.waitFor(STOP_SECONDS, TimeUnit.SECONDS)) {
                process.destroyForcibly();
            }
        } catch (InterruptedException interrupted) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
    }
}
