package io.ritsem.runtime.journal;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import javax.sql.DataSource;

/**
 * Reads a journal that was restored from a logical backup, whose transaction ids this server has not reached. All of them
 * lie above its horizon, which says nothing about them: the backup holds what was committed on the other server, no node
 * starts on it, so nothing is being written, and the order of the ids is still the order of the commits. Blocking; for an
 * export only. Thread-safe.
 */
final class RestoredJournal {

    private static final String READ = "SELECT " + EventRow.COLUMNS
            + """
               FROM generate_series(0, ?) AS p(partition)
              CROSS JOIN LATERAL (
                SELECT * FROM ritsem.event_journal j
                WHERE j.partition = p.partition AND (j.transaction_id, j.ordering) > (?::text::xid8, ?)
                ORDER BY j.transaction_id, j.ordering LIMIT ?) e
              ORDER BY e.transaction_id, e.ordering LIMIT ?""";

    private final DataSource dataSource;
    private final JournalInfo info;

    RestoredJournal(DataSource dataSource, JournalInfo info) {
        this.dataSource = dataSource;
        this.info = info;
    }

    /** As {@link JournalReader#readAll}, and all of it is below the horizon. */
    JournalReader.Tail readAll(Position after, int limit) {
        try (Connection connection = dataSource.getConnection();
                PreparedStatement query = connection.prepareStatement(READ)) {
            query.setInt(1, info.partitions() - 1);
            query.setString(2, Long.toString(after.transactionId()));
            query.setLong(3, after.ordering());
            query.setInt(4, limit);
            query.setInt(5, limit);
            List<RecordedEvent> events = new ArrayList<>();
            try (ResultSet rows = query.executeQuery()) {
                while (rows.next()) {
                    events.add(EventRow.read(rows, 1));
                }
            }
            return new JournalReader.Tail(events, Long.MAX_VALUE, 0, cuts(events, limit));
        } catch (SQLException failure) {
            throw new JournalUnreadableException(failure);
        }
    }

    private Map<Integer, Position> cuts(List<RecordedEvent> events, int limit) {
        Map<Integer, Position> cuts = new HashMap<>();
        if (events.size() == limit) {
            IntStream.range(0, info.partitions()).forEach(each -> cuts.put(each, events.getLast().position()));
        }
        return cuts;
    }
}
