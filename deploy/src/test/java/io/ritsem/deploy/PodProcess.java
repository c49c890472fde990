package io.ritsem.deploy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** A container of a pod, as a process of this machine: the image's class path, the manifest's arguments and variables. */
final class PodProcess implements AutoCloseable {

    private static final Duration TO_END = Duration.ofSeconds(90);

    private final Process process;
    private final Path log;

    /**
     * Starts it.
     *
     * @param log what it says
     * @param arguments the container's
     * @param environment all variables that it has
     * @param properties what the double has at another path than a pod
     */
    PodProcess(Path log, List<String> arguments, Map<String, String> environment, Map<String, String> properties)
            throws IOException {
        List<String> line = new ArrayList<>(List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:ThreadStackSize=8192", "--sun-misc-unsafe-memory-access=allow", "-Xmx512m", "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1", // it lives so shortly
                "-Dlogback.configurationFile=logback.xml", // not that of the tests
                "-cp", System.getProperty("java.class.path")));
        properties.forEach((key, value) -> line.add("-D" + key + "=" + value));
        line.add("io.ritsem.node.Main");
        line.addAll(arguments);
        ProcessBuilder builder = new ProcessBuilder(line).redirectErrorStream(true).redirectOutput(log.toFile());
        builder.environment().clear();
        builder.environment().putAll(environment);
        this.log = log;
        this.process = builder.start();
    }

    boolean isAlive() {
        return process.isAlive();
    }

    /** Sends SIGTERM, as the platform does. */
    void terminate() {
        process.destroy();
    }

    /** The exit code, once it has ended; -1 if it has not within the grace period. */
    int ended() throws InterruptedException {
        return process.waitFor(TO_END.toSeconds(), TimeUnit.SECONDS) ? process.exitValue() : -1;
    }

    String said() throws IOException {
        return Files.readString(log);
    }

    @Override public void close() {
        process.destroyForcibly();
    }
}
