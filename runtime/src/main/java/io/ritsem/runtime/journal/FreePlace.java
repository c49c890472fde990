package io.ritsem.runtime.journal;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import javax.sql.DataSource;

/**
 * Looks whether a write that hangs in the server, and that nobody sees yet, may still bring an event: by taking its place, for
 * which one has to wait for the other's end. It is one statement that fails once it has the place, so the place is free again
 * whatever becomes of this process. Stateless.
 */
final class FreePlace {

    private static final String FREE = "22P02"; // of a text that is no number
    private static final String TAKEN = "23505"; // of a key that another has for good

    /** The place of this persistence id, sequence number and partition, asked for during half a second at most. */
    private static final String TAKE_AND_FAIL = """
                                                WITH patience AS MATERIALIZED (SELECT set_config('lock_timeout', '500', true)),
                                                taken AS (
                                                  INSERT INTO ritsem.event_journal (persistence_id, sequence_number, writer, event_ser_id, event_ser_manifest,
                                                    event_payload, partition, event_time, causation)
                                                  SELECT ?, ?, 'ritsem', 0, '', '', ?, now(), gen_random_uuid() FROM patience
                                                  RETURNING 'Ritsem looked whether this place of its journal is free, and it is' AS answer)
                                                SELECT answer::int FROM taken""";

    private FreePlace() {}

    /** Returns when the event is there, or nobody is about to store it; fails if after half a second somebody may still be. */
    static void await(DataSource dataSource, EntityId entity, long sequence, int partition) {
        try (Connection connection = dataSource.getConnection();
                PreparedStatement take = connection.prepareStatement(TAKE_AND_FAIL)) {
            take.setString(1, entity.persistenceId());
            take.setLong(2, sequence);
            take.setInt(3, partition);
            take.execute();
            throw new IllegalStateException("an empty event was stored at %s %d".formatted(entity, sequence));
        } catch (SQLException failure) {
            if (!FREE.equals(failure.getSQLState()) && !TAKEN.equals(failure.getSQLState())) {
                throw new JournalUnreadableException(failure);
            }
        }
    }
}
