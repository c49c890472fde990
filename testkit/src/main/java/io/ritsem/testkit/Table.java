package io.ritsem.testkit;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.UnaryOperator;

import org.jspecify.annotations.Nullable;

import io.ritsem.domain.KeyedView;
import io.ritsem.domain.Recorded;
import io.ritsem.domain.Rows;

/**
 * The rows of a view in memory, with what the next event's {@link Recorded} will say. Immutable. Changes are carried out
 * when the handler has returned, as the runtime does it, so a test notices a handler that counts on something else.
 */
record Table<R>(Map<String, R> rows, Map<String, Long> versions, Instant time, @Nullable String caller) {

    private static final int LONGEST_KEY = 512;
    private static final int SHOWN_OF_A_KEY = 40;

    static <R> Table<R> empty() {
        return new Table<>(Map.of(), Map.of(), Defaults.TIME, null);
    }

    Table<R> at(Instant changed) {
        return new Table<>(rows, versions, changed, caller);
    }

    Table<R> by(String changed) {
        return new Table<>(rows, versions, time, changed);
    }

    <E> Table<R> apply(String type, String id, List<E> events, KeyedView<E, R> handler) {
        Map<String, R> next = new HashMap<>(rows);
        long sequence = versions.getOrDefault(type + "|" + id, 0L);
        for (E event : events) {
            Changes<R> changes = new Changes<>(new ArrayList<>());
            Recorded recorded = new Recorded(type, id, ++sequence, time, caller);
            try {
                handler.apply(event, recorded, changes);
            } catch (ClassCastException e) {
                throw new IllegalArgumentException("the handler for '%s' cannot take %s".formatted(type, event), e);
            }
            changes.carryOut(next);
        }
        Map<String, Long> seen = new HashMap<>(versions);
        seen.put(type + "|" + id, sequence);
        return new Table<>(Map.copyOf(next), Map.copyOf(seen), time, caller);
    }

    void checkRow(String key, R expected) {
        Mismatch.check("row of '" + key + "'", expected, rows.get(key), keys());
    }

    void checkNoRow(String key) {
        Mismatch.check("row of '" + key + "'", null, rows.get(key), keys());
    }

    private String keys() {
        return rows.isEmpty() ? "there are no rows"
                : "rows there are: " + String.join(", ", new TreeMap<>(rows).keySet());
    }

    /** What one event changes, noted down while its handler runs. Confined to that. */
    private record Changes<R>(List<Change<R>> noted) implements Rows<R> {

        @Override public void update(String key, UnaryOperator<@Nullable R> change) {
            int length = key.getBytes(StandardCharsets.UTF_8).length;
            if (length < 1 || length > LONGEST_KEY) {
                throw new IllegalArgumentException("a key must be 1 to %d bytes long, but is %d: '%s'"
                        .formatted(LONGEST_KEY, length,
                                key.length() <= SHOWN_OF_A_KEY ? key : key.substring(0, SHOWN_OF_A_KEY) + "..."));
            }
            noted.add(new Change<>(key, change));
        }

        void carryOut(Map<String, R> rows) {
            for (Change<R> change : noted) {
                R next = change.next().apply(rows.get(change.key()));
                if (next == null) {
                    rows.remove(change.key());
                } else {
                    rows.put(change.key(), next);
                }
            }
        }
    }

    private record Change<R>(String key, UnaryOperator<@Nullable R> next) {}
}
