package io.ritsem.projections;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicInteger;

import org.jspecify.annotations.Nullable;

import io.ritsem.projections.live.LiveBatch;
import io.ritsem.projections.live.LiveReader;
import io.ritsem.projections.query.ViewRow;

/** The rows that a live reader has put together of what it was told, on a thread of its own. Thread-safe. */
final class Assembled implements AutoCloseable {

    private static final Duration BEAT = Duration.ofMillis(100);

    private final LiveReader<ViewRow> reader;
    private final Map<String, ViewRow> rows = new HashMap<>(); // guarded by this, as the next
    private LiveBatch.@Nullable Reason end;
    private final AtomicInteger beginnings = new AtomicInteger();
    private final AtomicInteger changes = new AtomicInteger();

    Assembled(LiveReader<ViewRow> reader) {
        this.reader = reader;
        Thread.ofVirtual().start(this::read);
    }

    private void read() {
        try {
            while (end() == null) {
                @Nullable LiveBatch<ViewRow> batch = reader.next(BEAT);
                if (batch != null) {
                    apply(batch);
                }
            }
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
    }

    private synchronized void apply(LiveBatch<ViewRow> batch) {
        switch (batch) {
            case LiveBatch.Now<ViewRow> now -> {
                rows.clear();
                now.rows().forEach(row -> rows.put(row.key(), row));
                beginnings.incrementAndGet();
            }
            case LiveBatch.Changed<ViewRow> changed -> changed.changes().forEach(change -> {
                changes.incrementAndGet();
                if (change.row() == null) {
                    rows.remove(change.key());
                } else {
                    rows.put(change.key(), change.row());
                }
            });
            case LiveBatch.End<ViewRow>(var reason) -> end = reason;
        }
    }

    private static String json(ViewRow row) {
        return new String(row.row(), StandardCharsets.UTF_8);
    }

    synchronized Map<String, String> rows() {
        Map<String, String> json = new TreeMap<>();
        rows.forEach((key, row) -> json.put(key, json(row)));
        return json;
    }

    /** The rows for which dead letters wait, and how many. */
    synchronized Map<String, Long> behind() {
        Map<String, Long> behind = new TreeMap<>();
        rows.forEach((key, row) -> {
            if (row.behind() != null) {
                behind.put(key, row.behind().events());
            }
        });
        return behind;
    }

    synchronized LiveBatch.@Nullable Reason end() {
        return end;
    }

    /** How often it was given all rows. */
    int beginnings() {
        return beginnings.get();
    }

    /** How many changes it was told of. */
    int changes() {
        return changes.get();
    }

    @Override public void close() {
        reader.close();
    }
}
