package io.ritsem.harness;

import java.util.Arrays;
import java.util.concurrent.ConcurrentLinkedQueue;

/** Durations as they were measured, all of them. Thread-safe. */
public final class Latencies {

    private final ConcurrentLinkedQueue<long[]> batches = new ConcurrentLinkedQueue<>();

    /** Adds what one caller measured, in nanoseconds. */
    public void add(long[] nanos) {
        batches.add(nanos);
    }

    /** Adds all that another one has. */
    public void addAll(Latencies other) {
        batches.addAll(other.batches);
    }

    /** How many were measured. */
    public int count() {
        return batches.stream().mapToInt(batch -> batch.length).sum();
    }

    /** The duration that this share of all stays below, in milliseconds. */
    public double percentile(double share) {
        long[] all = batches.stream().flatMapToLong(Arrays::stream).sorted().toArray();
        return all.length == 0 ? 0 : all[(int) Math.min(all.length - 1L, Math.round(share * all.length))] / 1e6;
    }
}
