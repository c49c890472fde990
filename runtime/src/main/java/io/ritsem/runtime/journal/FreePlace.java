package io.ritsem.runtime.journal;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import javax.sql.DataSource;

/**
 * Looks whether a write that hangs in the server, and that nobody sees yet, may still bring an event: by taking its place, for
 * which one has to wait for the other's end, and giving it back. Stateless.
 */
final class FreePlace {

    private static final String TAKE = """
                                       INSERT INTO ritsem.event_journal (persistence_id, sequence_number, writer, event_ser_id, event_ser_manifest,
                                         event_payload, partition, event_time, causation)
                                       VALUES (?, ?, 'ritsem', 0, '', '', ?, now(), gen_random_uuid())""";

    /** The SQLSTATE of a place that another has for good. */
    private static final String TAKEN = "23505";

    private FreePlace() {}

    /** Returns when the event is there, or nobody is about to store it; fails if after half a second somebody may still be. */
    static void await(DataSource dataSource, EntityId entity, long sequence, int partition) {
        try (Connection connection = dataSource.getConnection()) {
            connection.setAutoCommit(false);
            try (Statement patience = connection.createStatement();
                    PreparedStatement take = connection.prepareStatement(TAKE)) {
                // a process that stands still now must hold neither the place nor the views' horizon
                patience.execute("SET LOCAL lock_timeout = 500; SET LOCAL idle_in_transaction_session_timeout = 2000");
                take.setString(1, entity.persistenceId());
                take.setLong(2, sequence);
                take.setInt(3, partition);
                take.executeUpdate();
            } catch (SQLException failure) {
                if (!TAKEN.equals(failure.getSQLState())) {
                    throw failure;
                }
            } finally {
                connection.rollback(); // waits for nobody, as a commit would for a standby
                connection.setAutoCommit(true);
            }
        } catch (SQLException failure) {
            throw new JournalUnreadableException(failure);
        }
    }
}
