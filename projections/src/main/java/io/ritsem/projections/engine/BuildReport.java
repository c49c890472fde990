package io.ritsem.projections.engine;

import java.time.Duration;
import java.util.Locale;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import io.ritsem.projections.store.GenerationId;

/** Tells the person who waits for a view to be built how it is going. Confined to the worker of the view. */
final class BuildReport {

    private static final Logger LOG = LoggerFactory.getLogger(BuildReport.class);
    private static final Duration EVERY = Duration.ofSeconds(2);

    private final GenerationId generation;
    private final long expected;
    private final long before;
    private final long started = System.nanoTime();
    private long reported = started;
    private long done;

    /** @param before how many of the expected events have been passed before, by any node */
    BuildReport(GenerationId generation, long expected, long before) {
        this.generation = generation;
        this.expected = expected;
        this.before = before;
    }

    void passed(int events) {
        done += events;
        long now = System.nanoTime();
        if (now - reported >= EVERY.toNanos()) {
            reported = now;
            long rate = rate(now);
            LOG.info("Building the view {}: {} of about {} events, {}/s, {} s to go", generation, number(before + done),
                    number(Math.max(expected, before + done)),
                    number(rate), number(Math.max(0, expected - before - done) / Math.max(1, rate)));
        }
    }

    void finished() {
        long now = System.nanoTime();
        if (done > 0) {
            LOG.info("The view {} is built: {} events in {} s, {}/s", generation, number(done),
                    "%.1f".formatted((now - started) / 1e9), number(rate(now)));
        }
    }

    private long rate(long now) {
        return Math.round(done / Math.max(1e-3, (now - started) / 1e9));
    }

    private static String number(long value) {
        return String.format(Locale.ROOT, "%,d", value);
    }
}
