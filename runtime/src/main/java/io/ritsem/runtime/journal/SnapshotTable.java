package io.ritsem.runtime.journal;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Optional;
import javax.sql.DataSource;

/**
 * The table {@code ritsem.snapshot}: states by entity and sequence, as bytes. Its rows may be deleted at any time, for
 * nothing but speed depends on them. Blocking; one connection of the pool for the time of a call. Thread-safe.
 */
public final class SnapshotTable {

    private static final String NEWEST = """
                                         SELECT sequence_number, snapshot_ser_id, snapshot_ser_manifest, snapshot_payload
                                         FROM ritsem.snapshot WHERE persistence_id = ? AND sequence_number <= ?%s
                                         ORDER BY sequence_number DESC LIMIT 1""";
    private static final String OF_ANY_KIND = NEWEST.formatted("");
    private static final String OF_A_KIND = NEWEST
            .formatted(" AND snapshot_ser_id = ? AND snapshot_ser_manifest = ?");

    private static final String STORE = """
                                        INSERT INTO ritsem.snapshot (persistence_id, sequence_number, created,
                                          snapshot_ser_id, snapshot_ser_manifest, snapshot_payload)
                                        VALUES (?, ?, (extract(epoch FROM clock_timestamp()) * 1000)::bigint, ?, ?, ?)
                                        ON CONFLICT (persistence_id, sequence_number) DO UPDATE
                                        SET created = excluded.created, snapshot_ser_id = excluded.snapshot_ser_id,
                                          snapshot_ser_manifest = excluded.snapshot_ser_manifest,
                                          snapshot_payload = excluded.snapshot_payload""";

    private final DataSource dataSource;

    public SnapshotTable(DataSource dataSource) {
        this.dataSource = dataSource;
    }

    /**
     * What a state's bytes are.
     *
     * @param serializer who wrote them
     * @param manifest what they are, as that one says
     */
    public record Kind(int serializer, String manifest) {}

    /**
     * One snapshot.
     *
     * @param sequence that of the last event that is in it
     */
    public record Row(long sequence, Kind kind, byte[] state) {}

    /**
     * An entity's newest snapshot up to a sequence, of whatever kind.
     *
     * @throws JournalUnreadableException if the database does not answer
     */
    public Optional<Row> newest(EntityId entity, long upTo) {
        return read(OF_ANY_KIND, statement -> {
            statement.setString(1, entity.persistenceId());
            statement.setLong(2, upTo);
        });
    }

    /**
     * An entity's newest snapshot of a kind up to a sequence.
     *
     * @throws JournalUnreadableException if the database does not answer
     */
    public Optional<Row> newest(EntityId entity, long upTo, Kind kind) {
        return read(OF_A_KIND, statement -> {
            statement.setString(1, entity.persistenceId());
            statement.setLong(2, upTo);
            statement.setInt(3, kind.serializer());
            statement.setString(4, kind.manifest());
        });
    }

    /** Stores one, in the place of any that there is of the same sequence. */
    public void store(EntityId entity, Row row) throws SQLException {
        try (Connection connection = dataSource.getConnection();
                PreparedStatement statement = connection.prepareStatement(STORE)) {
            statement.setString(1, entity.persistenceId());
            statement.setLong(2, row.sequence());
            statement.setInt(3, row.kind().serializer());
            statement.setString(4, row.kind().manifest());
            statement.setBytes(5, row.state());
            statement.executeUpdate();
        }
    }

    private interface Parameters {
        void set(PreparedStatement statement) throws SQLException;
    }

    private Optional<Row> read(String sql, Parameters parameters) {
        try (Connection connection = dataSource.getConnection();
                PreparedStatement statement = connection.prepareStatement(sql)) {
            parameters.set(statement);
            try (ResultSet rows = statement.executeQuery()) {
                return rows.next()
                        ? Optional.of(new Row(rows.getLong(1), new Kind(rows.getInt(2), rows.getString(3)),
                                rows.getBytes(4)))
                        : Optional.empty();
            }
        } catch (SQLException failure) {
            throw new JournalUnreadableException(failure);
        }
    }
}
