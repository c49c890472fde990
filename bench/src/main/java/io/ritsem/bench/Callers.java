package io.ritsem.bench;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** Callers side by side, each on a thread of its own. Stateless. */
final class Callers {

    private Callers() {}

    /** What one caller does. */
    interface Work<T> {
        T of(int caller) throws Exception;
    }

    /**
     * Lets all of them work, and returns what each has made, in their order.
     *
     * @param seconds the longest that they may take
     * @throws IllegalStateException if one fails, or takes longer
     */
    static <T> List<T> together(int callers, int seconds, Work<T> work) throws InterruptedException {
        List<Future<T>> running = new ArrayList<>();
        List<T> made = new ArrayList<>();
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (int caller = 0; caller < callers; caller++) {
                int number = caller;
                running.add(threads.submit(() -> work.of(number)));
            }
            for (Future<T> caller : running) {
                made.add(caller.get(seconds, TimeUnit.SECONDS));
            }
            return made;
        } catch (ExecutionException | TimeoutException failure) {
            throw new IllegalStateException("A caller failed: " + failure.getCause(), failure);
        }
    }
}
