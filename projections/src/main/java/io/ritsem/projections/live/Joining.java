package io.ritsem.projections.live;

import java.util.concurrent.CompletableFuture;

/** Somebody who wants to read and waits for the rows now. Thread-safe. */
record Joining<Q, W>(Q query, CompletableFuture<LiveReader<W>> reader) {

    /** Lets it begin; nobody may be waiting any more. */
    void begin(LiveReader<W> begun) {
        if (!reader.complete(begun)) {
            begun.close();
        }
    }
}
