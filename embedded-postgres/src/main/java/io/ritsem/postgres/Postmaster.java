package io.ritsem.postgres;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** Immutable. The server process that runs in a data folder, whoever started it. */
record Postmaster(ProcessHandle process, Path pidFile) {

    private static final Duration FAST = Duration.ofSeconds(20);
    private static final Duration POLL = Duration.ofMillis(20);

    /** The living server of this data folder; a process that merely inherited a dead server's number does not count. */
    static Optional<Postmaster> in(Path data) throws IOException {
        Path pidFile = data.resolve("postmaster.pid");
        if (!Files.exists(pidFile)) {
            return Optional.empty();
        }
        String first = Files.readString(pidFile).lines().findFirst().orElse("").strip();
        if (!first.matches("[1-9][0-9]{0,9}")) {
            return Optional.empty();
        }
        return ProcessHandle.of(Long.parseLong(first))
                .filter(ProcessHandle::isAlive)
                .filter(p -> isPostgres(p, data))
                .map(p -> new Postmaster(p, pidFile));
    }

    private static boolean isPostgres(ProcessHandle process, Path data) {
        return process.info().command().map(c -> c.endsWith("postgres")).orElse(false)
                && process.info().commandLine().map(line -> line.contains(data.toString())).orElse(true);
    }

    /** Ends its sessions and stops it (a fast shutdown), by force when it has not stopped in 20 seconds. */
    void stop() throws IOException, InterruptedException {
        signal(List.of(process), "-INT");
        if (!isGoneWithin(FAST)) {
            process.destroyForcibly();
            isGoneWithin(FAST);
        }
    }

    /** Ends it and its sessions at once, as a power cut would; returns when all are gone, up to 20 seconds. */
    void kill() throws IOException, InterruptedException {
        // A stopped server starts no session that the list of them would miss.
        signal(List.of(process), "-STOP");
        List<ProcessHandle> all = withChildren();
        signal(all, "-KILL");
        long deadline = System.nanoTime() + FAST.toNanos();
        while (all.stream().anyMatch(ProcessHandle::isAlive) && System.nanoTime() < deadline) {
            Thread.sleep(POLL);
        }
    }

    /** Stops it and its sessions as a stalled machine would: they keep all that they have and answer nothing. */
    void freeze() throws IOException, InterruptedException {
        signal(List.of(process), "-STOP");
        signal(withChildren(), "-STOP");
    }

    /** Lets it and its sessions go on. */
    void thaw() throws IOException, InterruptedException {
        signal(withChildren(), "-CONT");
    }

    private List<ProcessHandle> withChildren() {
        return Stream.concat(process.descendants(), Stream.of(process)).toList();
    }

    /** Tells it to end without a checkpoint, as after a crash, and does not wait. */
    void stopNow() throws IOException, InterruptedException {
        signal(List.of(process), "-QUIT");
    }

    private static void signal(List<ProcessHandle> processes, String name) throws IOException, InterruptedException {
        List<String> line = new ArrayList<>(List.of("kill", name));
        processes.forEach(each -> line.add(Long.toString(each.pid())));
        new ProcessBuilder(line).redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start()
                .waitFor(FAST.toMillis(), TimeUnit.MILLISECONDS);
    }

    private boolean isGoneWithin(Duration limit) throws InterruptedException {
        long deadline = System.nanoTime() + limit.toNanos();
        while (process.isAlive() && Files.exists(pidFile)) {
            if (System.nanoTime() > deadline) {
                return false;
            }
            Thread.sleep(POLL);
        }
        return true;
    }
}
