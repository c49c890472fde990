package io.ritsem.projections.engine;

import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import io.ritsem.projections.store.StoredRow;

/**
 * The rows that a worker has written last, which it need not read again: as long as its cursors can be moved from where it left
 * them, nobody else has changed a row. Confined to the view's worker.
 */
final class KnownRows {

    static final int MOST_BYTES = 4 << 20;

    /** What a row takes in memory beside its JSON, roughly. */
    private static final int FRAME = 150;

    private final LinkedHashMap<String, byte[]> rows = new LinkedHashMap<>(16, 0.75f, true);
    private long bytes;

    /** Reads rows by their keys, those that there are. */
    @FunctionalInterface
    interface Reading {
        Map<String, byte[]> of(Collection<String> keys) throws SQLException;
    }

    /** The rows of these keys as JSON, those that there are; what is not known is read. */
    Map<String, byte[]> of(Collection<String> keys, Reading others) throws SQLException {
        Map<String, byte[]> found = new HashMap<>();
        List<String> unknown = new ArrayList<>();
        for (String key : keys) {
            byte[] row = rows.get(key);
            if (row == null) {
                unknown.add(key);
            } else {
                found.put(key, row);
            }
        }
        found.putAll(others.of(unknown));
        return found;
    }

    /** These have been written, and the cursors moved with them. */
    void written(List<StoredRow> written) {
        for (StoredRow row : written) {
            remove(row.key());
            if (row.row() != null) {
                rows.put(row.key(), row.row());
                bytes += size(row.row());
            }
        }
        while (bytes > MOST_BYTES) {
            remove(rows.firstEntry().getKey());
        }
    }

    private void remove(String key) {
        byte[] before = rows.remove(key);
        bytes -= before == null ? 0 : size(before);
    }

    private static int size(byte[] row) {
        return FRAME + row.length;
    }

    /** Somebody else may have changed rows. */
    void forget() {
        rows.clear();
        bytes = 0;
    }
}
