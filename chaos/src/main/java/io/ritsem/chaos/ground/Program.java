package io.ritsem.chaos.ground;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.concurrent.TimeUnit;

import static java.nio.charset.StandardCharsets.UTF_8;

/** Runs a program of the machine. Stateless. */
final class Program {

    private static final int PATIENCE_SECONDS = 20;

    private Program() {}

    /**
     * Returns when it has done its work.
     *
     * @throws IllegalStateException if it fails, or takes longer than 20 s
     */
    static void run(String... words) {
        String line = String.join(" ", words);
        try {
            Process process = new ProcessBuilder(words).redirectErrorStream(true).start();
            process.getOutputStream().close();
            if (!process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS) || process.exitValue() != 0) {
                process.destroyForcibly();
                throw new IllegalStateException("It failed: %s: %s".formatted(line,
                        new String(process.getInputStream().readAllBytes(), UTF_8).strip()));
            }
        } catch (IOException failure) {
            throw new UncheckedIOException(line, failure);
        } catch (InterruptedException interrupted) {
            throw new IllegalStateException("Interrupted during " + line, interrupted);
        }
    }
}
