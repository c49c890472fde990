package io.ritsem.bench;

import java.io.IOException;
import java.util.Arrays;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;

import io.ritsem.harness.Latencies;

/** Callers side by side that each do something, wait for its end, and do it again. Stateless. */
final class Load {

    private Load() {}

    /** What one caller does; confined to it. */
    interface Work extends AutoCloseable {

        /** Does it once, and returns how much has been done. */
        int once() throws Exception;

        @Override default void close() throws IOException {}
    }

    /** Begins the work of one caller. */
    interface Begin {
        Work caller() throws IOException;
    }

    /** Lets them work for so long. */
    static Round run(int callers, int seconds, Begin begin) throws InterruptedException {
        Latencies latencies = new Latencies();
        LongAdder done = new LongAdder();
        long started = System.nanoTime();
        long end = started + TimeUnit.SECONDS.toNanos(seconds);
        var _ = Callers.together(callers, seconds + 60, caller -> {
            try (Work work = begin.caller()) {
                latencies.add(until(end, work, done));
            }
            return caller;
        });
        double elapsed = (System.nanoTime() - started) / 1e9;
        return new Round(done.sum(), done.sum() / elapsed, latencies.percentile(0.5), latencies.percentile(0.99));
    }

    private static long[] until(long end, Work work, LongAdder done) throws Exception {
        long[] nanos = new long[1 << 10];
        int count = 0;
        for (long begun = System.nanoTime(); begun < end; begun = System.nanoTime()) {
            done.add(work.once());
            if (count == nanos.length) {
                nanos = Arrays.copyOf(nanos, 2 * count);
            }
            nanos[count++] = System.nanoTime() - begun;
        }
        return Arrays.copyOf(nanos, count);
    }
}
