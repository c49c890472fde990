package io.ritsem.projections.engine;

import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.UnaryOperator;

import org.jspecify.annotations.Nullable;

import io.ritsem.projections.store.StoredRow;
import io.ritsem.projections.store.ViewStore;
import io.ritsem.projections.store.ViewTable;
import io.ritsem.runtime.journal.RecordedEvent;

/**
 * What a batch of events does to the rows of a view: noted down in order, then carried out in memory when the rows have
 * been loaded at once. Confined to the worker of the view, for one batch.
 */
final class Changes<R> {

    private final ViewTable<R> table;
    private final List<Change<R>> changes = new ArrayList<>();
    private final Map<String, RecordedEvent> touched = new LinkedHashMap<>(); // by key: its latest event

    Changes(ViewTable<R> table) {
        this.table = table;
    }

    private record Change<R>(String key, RecordedEvent event, UnaryOperator<@Nullable R> change) {}

    /** @throws IllegalArgumentException if there can be no row of this key */
    void add(String key, RecordedEvent event, UnaryOperator<@Nullable R> change) {
        if (!touched.containsKey(key)) {
            checkKey(key);
        }
        touched.put(key, event);
        changes.add(new Change<>(key, event, change));
    }

    private static void checkKey(String key) {
        int bytes = RowKey.bytes(key);
        if (bytes < 1 || bytes > ViewTable.LONGEST_KEY) {
            throw new IllegalArgumentException(
                    "The key of a row has 1 to %d bytes in UTF-8, no U+0000 and no lone surrogate; this one has %s: %s"
                            .formatted(ViewTable.LONGEST_KEY, bytes < 0 ? "one" : Integer.toString(bytes),
                                    key.substring(0, Math.min(40, key.length()))));
        }
    }

    /**
     * Loads the rows and carries everything out.
     *
     * @return what is to be written
     * @throws ViewFailedException if a change throws, or a row cannot be read or written as JSON
     */
    List<StoredRow> fold(ViewStore store) throws SQLException {
        Map<String, byte[]> stored = store.load(table, touched.keySet());
        Map<String, R> rows = new HashMap<>();
        stored.forEach((key, json) -> rows.put(key,
                guarded(Objects.requireNonNull(touched.get(key)), () -> table.rowType().decodeStored(json))));
        for (Change<R> change : changes) {
            @Nullable R next = guarded(change.event(), () -> change.change().apply(rows.get(change.key())));
            if (next == null) {
                rows.remove(change.key());
            } else {
                rows.put(change.key(), next);
            }
        }
        List<StoredRow> results = new ArrayList<>(touched.size());
        touched.forEach((key, event) -> {
            @Nullable R row = rows.get(key);
            byte @Nullable [] json = row == null ? null : guarded(event, () -> table.rowType().encode(row));
            if (json != null || stored.containsKey(key)) {
                results.add(new StoredRow(key, json, event));
            }
        });
        return results;
    }

    /** Calls an application's function: whatever it throws stops its view and nothing else. */
    private <T extends @Nullable Object> T guarded(RecordedEvent event, Call<T> call) {
        try {
            return call.run();
        } catch (RuntimeException | LinkageError | AssertionError | StackOverflowError e) {
            throw new ViewFailedException(table.view(), event, e);
        }
    }

    private interface Call<T extends @Nullable Object> {
        T run();
    }
}
