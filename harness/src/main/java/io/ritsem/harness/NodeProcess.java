package io.ritsem.harness;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.ProcessBuilder.Redirect;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.OptionalInt;
import java.util.concurrent.TimeUnit;
import java.util.function.IntFunction;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

import static java.nio.charset.StandardCharsets.UTF_8;

/** A node of its own process, as it would be deployed, from the class path that this process has. Not thread-safe. */
public final class NodeProcess implements AutoCloseable {

    private static final int START_SECONDS = 300;
    private static final int STOP_SECONDS = 60;

    /** The last line of a heap's histogram: instances, and bytes. */
    private static final Pattern TOTAL = Pattern.compile("(?m)^Total +\\d+ +(\\d+)");

    private Launch launch;
    private Process process;

    private NodeProcess(Launch launch) {
        this.launch = launch;
        this.process = serve(launch);
    }

    /** Starts a node and returns at once. */
    public static NodeProcess begin(Launch launch) {
        return new NodeProcess(launch);
    }

    /** Migrates the database and starts a node on it, whose output is dropped; returns when it answers. */
    public static NodeProcess start(String databaseUrl, Map<String, String> properties) {
        migrate(databaseUrl);
        return start(databaseUrl, properties, Redirect.DISCARD);
    }

    /** The same with another heap, such as {@code 512m}. */
    public static NodeProcess withHeap(String databaseUrl, String heap) {
        migrate(databaseUrl);
        return started(port -> Launch.alone(databaseUrl, port, Map.of(), Redirect.DISCARD).withHeap(heap));
    }

    /** Starts a node on a database that is migrated already; returns when it answers. */
    public static NodeProcess start(String databaseUrl, Map<String, String> properties, Redirect output) {
        return started(port -> Launch.alone(databaseUrl, port, properties, output));
    }

    private static NodeProcess started(IntFunction<Launch> launch) {
        try {
            NodeProcess node = begin(launch.apply(freePort()));
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
     * Does what './ritsem' does with these words, and returns when it is done; what it prints is shown if it fails.
     *
     * @param seconds the longest that it may take
     * @throws IllegalStateException if it fails, or takes longer
     */
    public static void command(String databaseUrl, int seconds, String... words) {
        try {
            Path output = Files.createTempFile("ritsem-command", ".txt");
            try {
                await(started(Launch.alone(databaseUrl, 0, Map.of(), Redirect.to(output.toFile())), words), seconds,
                        "./ritsem " + String.join(" ", words), output);
            } finally {
                Files.delete(output);
            }
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    private static void await(Process process, int seconds, String what, Path output) throws IOException {
        try {
            if (!process.waitFor(seconds, TimeUnit.SECONDS)) {
                throw new IllegalStateException("It takes longer than %d s: %s".formatted(seconds, what));
            }
            if (process.exitValue() != 0) {
                throw new IllegalStateException("It failed: %s%n%s".formatted(what, Files.readString(output)));
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
        if (!freezeIfAlive()) {
            throw new IllegalStateException("The node has ended, so it cannot be frozen");
        }
    }

    /** The same, if it has not ended by itself; says whether it was frozen. */
    public boolean freezeIfAlive() {
        return process.isAlive() && signal("-STOP");
    }

    /** Lets a frozen node go on. */
    public void thaw() {
        if (!signal("-CONT")) {
            throw new IllegalStateException("The node has ended although it was frozen");
        }
    }

    private boolean signal(String signal) {
        try {
            Process kill = new ProcessBuilder("kill", signal, Long.toString(process.pid()))
                    .redirectErrorStream(true)
                    .redirectOutput(Redirect.DISCARD)
                    .start();
            if (!kill.waitFor(STOP_SECONDS, TimeUnit.SECONDS)) {
                throw new IllegalStateException("The node could not be sent %s within %d s".formatted(signal,
                        STOP_SECONDS));
            }
            return kill.exitValue() == 0;
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        } catch (InterruptedException interrupted) {
            throw new IllegalStateException("Interrupted while a node is sent " + signal, interrupted);
        }
    }

    /** Starts a killed node again, on the same port; returns when it answers. */
    public void startAgain() {
        beginAgain();
        awaitReady();
    }

    /** Starts a killed node again, on the same port and with these system properties; returns when it answers. */
    public void startAgain(Map<String, String> properties) {
        launch = launch.with(properties);
        startAgain();
    }

    /** Starts a node that has ended again, on the same port; returns at once. */
    public void beginAgain() {
        process = serve(launch);
    }

    /** The same, with these system properties. */
    public void beginAgain(Map<String, String> properties) {
        launch = launch.with(properties);
        beginAgain();
    }

    /** Asks it to stop in order (SIGTERM), and returns at once. */
    public void terminate() {
        process.destroy();
    }

    /**
     * Waits until it has ended.
     *
     * @return its exit code; empty if it has not ended within this time
     */
    public OptionalInt exitWithin(long millis) {
        try {
            return process.waitFor(millis, TimeUnit.MILLISECONDS)
                    ? OptionalInt.of(process.exitValue())
                    : OptionalInt.empty();
        } catch (InterruptedException interrupted) {
            throw new IllegalStateException("Interrupted while a node ends", interrupted);
        }
    }

    public boolean isAlive() {
        return process.isAlive();
    }

    /** The port of its HTTP API. */
    public int port() {
        return launch.http().port();
    }

    /** Where its HTTP API is. */
    public Address address() {
        return launch.http();
    }

    /** The time of processors that it has taken, all together. */
    public Duration processorTime() {
        return process.info()
                .totalCpuDuration()
                .orElseThrow(() -> new IllegalStateException("This system does not tell it"));
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

    private static Process serve(Launch launch) {
        return started(launch, "serve", "--http-port", Integer.toString(launch.http().port()));
    }

    private static Process started(Launch launch, String... words) {
        try {
            return ChildProcess.start(launch.process(program("java"), words));
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    /**
     * Waits until it answers and each of its views serves.
     *
     * @throws IllegalStateException if it has not after 5 minutes, or has ended
     */
    public void awaitReady() {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(START_SECONDS);
        while (!answers()) {
            if (!process.isAlive() || System.nanoTime() > end) {
                close();
                throw new IllegalStateException("The node does not answer at " + address());
            }
            pause();
        }
    }

    /** It answers before its views are built, and is ready when each has a generation that serves. */
    private boolean answers() {
        try (HttpCaller caller = new HttpCaller(address())) {
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
