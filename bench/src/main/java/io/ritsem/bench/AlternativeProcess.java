package io.ritsem.bench;

import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

import io.ritsem.harness.ChildProcess;

/**
 * One of the programs below {@code alternatives/}, with the heap of a node, in a process of its own; what it says goes to
 * {@code target/}. Not thread-safe.
 */
final class AlternativeProcess implements AutoCloseable {

    private static final int START_SECONDS = 60;
    private static final int STOP_SECONDS = 30;

    private final Process process;
    private final Path said;
    private final int port;

    private AlternativeProcess(Alternative alternative, List<String> words, int port) throws IOException {
        Path home = Path.of("alternatives", alternative.folder(), "target");
        this.said = Path.of("target", alternative.folder() + ".log");
        this.port = port;
        Files.createDirectories(said.toAbsolutePath().getParent());
        List<String> line = new ArrayList<>(List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--sun-misc-unsafe-memory-access=allow", "-XX:+UseG1GC", "-XX:+UseCompactObjectHeaders", "-Xms256m",
                "-Xmx1g", "-cp",
                home.resolve("classes") + ":" + home.resolve("lib") + "/*", alternative.main()));
        line.addAll(words);
        process = ChildProcess.start(new ProcessBuilder(line).redirectErrorStream(true)
                .redirectOutput(Redirect.to(said.toFile())));
    }

    /** Starts it on an empty database; returns when it takes requests. */
    static AlternativeProcess serve(Alternative alternative, String database) throws IOException, InterruptedException {
        int port = freePort();
        AlternativeProcess started = new AlternativeProcess(alternative, List.of(database, Integer.toString(port)),
                port);
        boolean ready = false;
        try {
            started.awaitReady();
            ready = true;
            return started;
        } finally {
            if (!ready) {
                started.close();
            }
        }
    }

    /**
     * Lets it make its own deposits in an empty database, in rounds of so many seconds.
     *
     * @return the line of JSON that it printed of each round
     */
    static List<String> inProcess(Alternative alternative, String database, int callers, List<Integer> rounds)
            throws IOException, InterruptedException {
        List<String> words = new ArrayList<>(List.of(database, "in-process", Integer.toString(callers)));
        rounds.forEach(seconds -> words.add(seconds.toString()));
        int limit = START_SECONDS + STOP_SECONDS + rounds.stream().mapToInt(Integer::intValue).sum();
        try (AlternativeProcess working = new AlternativeProcess(alternative, words, 0)) {
            if (!working.process.waitFor(limit, TimeUnit.SECONDS)) {
                throw new IllegalStateException("It takes longer than %d s: %s".formatted(limit, working.lastWords()));
            }
            List<String> lines = Files.readAllLines(working.said)
                    .stream()
                    .filter(line -> line.startsWith("{"))
                    .toList();
            if (working.process.exitValue() != 0 || lines.size() != rounds.size()) {
                throw new IllegalStateException("It failed: " + working.lastWords());
            }
            return lines;
        }
    }

    private void awaitReady() throws IOException, InterruptedException {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(START_SECONDS);
        while (Files.readAllLines(said).stream().noneMatch(line -> line.startsWith("ready"))) {
            if (!process.isAlive() || System.nanoTime() > end) {
                throw new IllegalStateException("It does not get ready: " + lastWords());
            }
            TimeUnit.MILLISECONDS.sleep(100);
        }
    }

    int port() {
        return port;
    }

    private String lastWords() throws IOException {
        String all = Files.readString(said);
        return said.toAbsolutePath() + " ends with:\n" + all.substring(Math.max(0, all.length() - 2_000));
    }

    private static int freePort() throws IOException {
        try (ServerSocket probe = new ServerSocket(0)) {
            return probe.getLocalPort();
        }
    }

    /** Stops it in order; by force if that takes longer than 30 s. */
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
