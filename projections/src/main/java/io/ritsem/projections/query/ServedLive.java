package io.ritsem.projections.query;

import java.sql.SQLException;
import java.util.Collection;
import java.util.List;

import io.ritsem.projections.engine.ViewProgress;
import io.ritsem.projections.live.LiveRow;
import io.ritsem.projections.live.LiveTable;
import io.ritsem.runtime.journal.ConsistencyToken;

/** The generation of a view that answers now, as its live feed reads it: through the reader, within its connections. Thread-safe. */
record ServedLive(ViewReader reader, ServedView<?> view, long revision) implements LiveTable<RowFilter, ViewRow> {

    @Override public int generation() {
        return view.table().generation();
    }

    @Override public ViewProgress progress() {
        return view.progress();
    }

    @Override public ConsistencyToken passed() throws SQLException {
        return reader.passed(view);
    }

    @Override public List<LiveRow<RowFilter, ViewRow>> matching(RowFilter filter, int mostRows, long mostBytes) {
        return reader.find(view.table().view(), Deadline.in(ViewReader.LONGEST_QUERY),
                connection -> LiveRows.matching(connection, view, filter, mostRows, mostBytes));
    }

    @Override public Rows<RowFilter, ViewRow> rows(Collection<String> keys) {
        return reader.read(Deadline.in(ViewReader.LONGEST_QUERY),
                connection -> LiveRows.ofKeys(connection, view, keys));
    }
}
