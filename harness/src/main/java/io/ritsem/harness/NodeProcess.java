package io.ritsem.harness;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.ProcessBuilder.Redirect;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** A node of its own process, as it would be deployed, from the class path that this process has. Not thread-safe. */
public final class NodeProcess implements AutoCloseable {

    private static final int START_SECONDS = 60;
    private static final int STOP_SECONDS = 60;

    private final List<String> line;
    private final String databaseUrl;
    private final Redirect output;
    private final int port;
    private Process process;

    private NodeProcess(String databaseUrl, List<String> line, Redirect output, int port) throws IOException {
        this.databaseUrl = databaseUrl;
        this.line = line;
        this.output = output;
        this.port = port;
        this.process = launch(databaseUrl, line, output);
    }

    /** Migrates the database and starts a node on it, whose output is dropped; returns when it answers. */
    public static NodeProcess start(String databaseUrl, Map<String, String> properties) {
        migrate(databaseUrl);
        return start(databaseUrl, properties, Redirect.DISCARD);
    }

    /** Starts a node on a database that is migrated already; returns when it answers. */
    public static NodeProcess start(String databaseUrl, Map<String, String> properties, Redirect output) {
        try {
            int port = freePort();
            NodeProcess node = new NodeProcess(databaseUrl,
                    line(properties, "serve", "--http-port", Integer.toString(port)), output, port);
            node.awaitReady();
            return node;
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    /** Migrates a database, as './ritsem migrate' does. */
    public static void migrate(String databaseUrl) {
        try {
            Process migration = launch(databaseUrl, line(Map.of(), "migrate"), Redirect.DISCARD);
            if (!migration.waitFor(START_SECONDS, TimeUnit.SECONDS) || migration.exitValue() != 0) {
                migration.destroyForcibly();
                throw new IllegalStateException("The database could not be migrated");
            }
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        } catch (InterruptedException interrupted) {
            throw new IllegalStateException("Interrupted while a database is migrated", interrupted);
        }
    }

    /** Ends the process as a power cut would (SIGKILL); returns when it is gone. */
    public void kill() {
        process.destroyForcibly();
        awaitEnd();
    }

    /** Stops its clock, as it were (SIGSTOP): it does nothing and knows nothing of it, until it is thawed. */
    public void freeze() {
        signal("-STOP");
    }

    /** Lets a frozen node go on. */
    public void thaw() {
        signal("-CONT");
    }

    private void signal(String signal) {
        try {
            Process kill = new ProcessBuilder("kill", signal, Long.toString(process.pid())).start();
            if (!kill.waitFor(STOP_SECONDS, TimeUnit.SECONDS) || kill.exitValue() != 0) {
                throw new IllegalStateException("The node could not be sent " + signal);
            }
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        } catch (InterruptedException interrupted) {
            throw new IllegalStateException("Interrupted while a node is sent " + signal, interrupted);
        }
    }

    /** Starts a killed node again, on the same port; returns when it answers. */
    public void startAgain() {
        try {
            process = launch(databaseUrl, line, output);
            awaitReady();
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    public boolean isAlive() {
        return process.isAlive();
    }

    /** The port of its HTTP API. */
    public int port() {
        return port;
    }

    private static List<String> line(Map<String, String> properties, String... command) {
        List<String> line = new ArrayList<>(List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:ThreadStackSize=8192", "--sun-misc-unsafe-memory-access=allow", "-cp",
                System.getProperty("java.class.path")));
        properties.forEach((key, value) -> line.add("-D" + key + "=" + value));
        line.add("io.ritsem.node.Main");
        line.addAll(List.of(command));
        return line;
    }

    private static Process launch(String databaseUrl, List<String> line, Redirect output) throws IOException {
        ProcessBuilder builder = new ProcessBuilder(line).redirectErrorStream(true).redirectOutput(output);
        builder.environment().put("RITSEM_DATABASE_URL", databaseUrl);
        builder.environment().put("RITSEM_MANAGEMENT_PORT", "0");
        return builder.start();
    }

    private void awaitReady() {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(START_SECONDS);
        while (!answers()) {
            if (!process.isAlive() || System.nanoTime() > end) {
                close();
                throw new IllegalStateException("The node does not answer on port " + port);
            }
            pause();
        }
    }

    private boolean answers() {
        try (HttpCaller caller = new HttpCaller(port)) {
            return caller.get("/openapi.json", "").status() == 200;
        } catch (IOException notYet) {
            return false;
        }
    }

    private static void pause() {
        try {
            TimeUnit.MILLISECONDS.sleep(100);
        } catch (InterruptedException interrupted) {
            throw new IllegalStateException("Interrupted while a node starts", interrupted);
        }
    }

    private static int freePort() throws IOException {
        try (ServerSocket probe = new ServerSocket(0)) {
            return probe.getLocalPort();
        }
    }

    /** Stops it in order; by force if that takes longer than 60 s. */
    @Override public void close() {
        process.destroy();
        awaitEnd();
    }

    private void awaitEnd() {
        try {
            if (!process.waitFor(STOP_SECONDS, TimeUnit.SECONDS)) {
                process.destroyForcibly();
            }
        } catch (InterruptedException interrupted) {
            process.destroyForcibly();
        }
    }
}
