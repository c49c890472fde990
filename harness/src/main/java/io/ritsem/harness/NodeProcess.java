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
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

import static java.nio.charset.StandardCharsets.UTF_8;

/** A node of its own process, as it would be deployed, from the class path that this process has. Not thread-safe. */
public final class NodeProcess implements AutoCloseable {

    private static final int START_SECONDS = 60;
    private static final int STOP_SECONDS = 60;

    /** The last line of a heap's histogram: instances, and bytes. */
    private static final Pattern TOTAL = Pattern.compile("(?m)^Total +\\d+ +(\\d+)");

    private List<String> line;
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
            NodeProcess node = new NodeProcess(databaseUrl, serving(properties, port), output, port);
            node.awaitReady();
            return node;
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    /** Migrates a database, as './ritsem migrate' does. */
    public static void migrate(String databaseUrl) {
        command(databaseUrl, START_SECONDS, "migrate");
    }

    /**
     * Does what './ritsem' does with these words, and returns when it is done; its output is dropped.
     *
     * @param seconds the longest that it may take
     * @throws IllegalStateException if it fails, or takes longer
     */
    public static void command(String databaseUrl, int seconds, String... words) {
        await(launched(databaseUrl, words), seconds, "./ritsem " + String.join(" ", words));
    }

    private static Process launched(String databaseUrl, String... words) {
        try {
            return launch(databaseUrl, line(Map.of(), words), Redirect.DISCARD);
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    private static void await(Process process, int seconds, String what) {
        try {
            if (!process.waitFor(seconds, TimeUnit.SECONDS)) {
                throw new IllegalStateException("It takes longer than %d s: %s".formatted(seconds, what));
            }
            if (process.exitValue() != 0) {
                throw new IllegalStateException("It failed: " + what);
            }
        } catch (InterruptedException interrupted) {
            throw new IllegalStateException("Interrupted during " + what, interrupted);
        } finally {
            process.destroyForcibly();
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

    /** Starts a killed node again, on the same port and with these system properties; returns when it answers. */
    public void startAgain(Map<String, String> properties) {
        line = serving(properties, port);
        startAgain();
    }

    public boolean isAlive() {
        return process.isAlive();
    }

    /** The port of its HTTP API. */
    public int port() {
        return port;
    }

    /** The bytes of all objects of its heap that are in use, after a full collection. */
    public long liveBytes() {
        try {
            Process histogram = new ProcessBuilder(program("jcmd"), Long.toString(process.pid()), "GC.class_histogram")
                    .redirectErrorStream(true)
                    .start();
            String said = new String(histogram.getInputStream().readAllBytes(), UTF_8);
            Matcher total = TOTAL.matcher(said);
            if (!total.find()) {
                throw new IllegalStateException("jcmd tells no total: " + said);
            }
            return Long.parseLong(total.group(1));
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    private static String program(String name) {
        return Path.of(System.getProperty("java.home"), "bin", name).toString();
    }

    private static List<String> serving(Map<String, String> properties, int port) {
        return line(properties, "serve", "--http-port", Integer.toString(port));
    }

    private static List<String> line(Map<String, String> properties, String... command) {
        List<String> line = new ArrayList<>(List.of(program("java"),
                "-XX:ThreadStackSize=8192", "--sun-misc-unsafe-memory-access=allow", "-Xms256m", "-Xmx1g",
                "-XX:+UseG1GC",
                "-cp", System.getProperty("java.class.path")));
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

    /** It answers before its views are built, and is ready when each has a generation that serves. */
    private boolean answers() {
        try (HttpCaller caller = new HttpCaller(port)) {
            HttpCaller.Answer views = caller.get("/api/admin/projections", "");
            return views.status() == 200 && Stream.of(views.body().split("\"view\":"))
                    .skip(1)
                    .allMatch(view -> view.contains("\"ofThisVersion\":true,\"state\":\"serving\""));
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
