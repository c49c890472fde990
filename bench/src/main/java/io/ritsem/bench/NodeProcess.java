package io.ritsem.bench;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** A node of its own process, as it would be deployed. Not thread-safe. */
final class NodeProcess implements AutoCloseable {

    private static final int START_SECONDS = 60;
    private static final int STOP_SECONDS = 60;

    private final Process process;
    private final int port;

    private NodeProcess(Process process, int port) {
        this.process = process;
        this.port = port;
    }

    /** Migrates the database and starts a node on it; its output goes where ours goes. */
    static NodeProcess start(String databaseUrl, Map<String, String> properties) {
        try {
            int port = freePort();
            migrate(databaseUrl);
            Process process = launch(databaseUrl, properties, "serve", "--http-port", Integer.toString(port));
            NodeProcess node = new NodeProcess(process, port);
            node.awaitReady();
            return node;
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        } catch (InterruptedException interrupted) {
            throw new IllegalStateException("Interrupted while a node starts", interrupted);
        }
    }

    /** Migrates a database, as './ritsem migrate' does. */
    static void migrate(String databaseUrl) throws IOException, InterruptedException {
        Process migration = launch(databaseUrl, Map.of(), "migrate");
        if (!migration.waitFor(START_SECONDS, TimeUnit.SECONDS) || migration.exitValue() != 0) {
            throw new IllegalStateException("The database could not be migrated");
        }
    }

    private static Process launch(String databaseUrl, Map<String, String> properties, String... command)
            throws IOException {
        List<String> line = new ArrayList<>(List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:ThreadStackSize=8192", "--sun-misc-unsafe-memory-access=allow", "-cp",
                System.getProperty("java.class.path")));
        properties.forEach((key, value) -> line.add("-D" + key + "=" + value));
        line.add("io.ritsem.node.Main");
        line.addAll(List.of(command));
        ProcessBuilder builder = new ProcessBuilder(line).redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD);
        builder.environment().put("RITSEM_DATABASE_URL", databaseUrl);
        return builder.start();
    }

    private void awaitReady() throws IOException, InterruptedException {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(START_SECONDS);
        while (!answers()) {
            if (!process.isAlive() || System.nanoTime() > end) {
                close();
                throw new IllegalStateException("The node does not answer on port " + port);
            }
            TimeUnit.MILLISECONDS.sleep(100);
        }
    }

    private boolean answers() {
        try (HttpCaller caller = new HttpCaller(port)) {
            return caller.get("/openapi.json", "").status() == 200;
        } catch (IOException notYet) {
            return false;
        }
    }

    int port() {
        return port;
    }

    private static int freePort() throws IOException {
        try (ServerSocket probe = new ServerSocket(0)) {
            return probe.getLocalPort();
        }
    }

    @Override public void close() {
        process.destroy();
        try {
            if (!process.waitFor(STOP_SECONDS, TimeUnit.SECONDS)) {
                process.destroyForcibly();
            }
        } catch (InterruptedException interrupted) {
            process.destroyForcibly();
        }
    }
}
