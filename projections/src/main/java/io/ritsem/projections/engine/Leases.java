package io.ritsem.projections.engine;

import java.sql.SQLException;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.IntStream;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import io.ritsem.projections.store.GenerationId;
import io.ritsem.projections.store.Lease;
import io.ritsem.projections.store.LeaseStore;
import io.ritsem.projections.store.ViewTable;
import io.ritsem.projections.store.ViewVersion;

/**
 * This node's leases as of the last round. Thread-safe; one round at a time. A lease that is lost unnoticed does no harm:
 * the next move of the cursor fails.
 */
public final class Leases implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(Leases.class);

    private final LeaseStore store;
    private final int partitions;
    private volatile Round round = new Round(0, Map.of());

    /** @param partitions how many partitions the journal has */
    public Leases(LeaseStore store, int partitions) {
        this.store = store;
        this.partitions = partitions;
    }

    /**
     * What was ours as of a round.
     *
     * @param number counts the rounds
     * @param held the leases by generation and partition
     */
    private record Round(long number, Map<GenerationId, Map<Integer, Lease>> held) {}

    /** Takes over what an earlier run of this node has left. */
    public void begin() throws SQLException {
        store.forgetEarlierRuns();
    }

    /** Renews what is ours, claims our share of what is free, gives up what falls to others. */
    public void keep(Map<GenerationId, ViewVersion> followed) throws SQLException {
        round = new Round(round.number() + 1, store.keep(followed));
    }

    /** The number of the last round. */
    long round() {
        return round.number();
    }

    /** How many cursors are ours, as of the last round. */
    int count() {
        return round.held().values().stream().mapToInt(Map::size).sum();
    }

    /** A generation's leases by partition, as of the last round. */
    Map<Integer, Lease> of(ViewTable<?> table) {
        return round.held().getOrDefault(table.id(), Map.of());
    }

    /** A generation's leases as they are in the database now. */
    Map<Integer, Lease> reread(ViewTable<?> table) throws SQLException {
        return store.held(table.id());
    }

    /** The partitions of the journal that this node's views need. */
    public Set<Integer> partitions() {
        Set<Integer> needed = new TreeSet<>();
        for (Map<Integer, Lease> leases : round.held().values()) {
            if (leases.containsKey(ViewTable.ALL_PARTITIONS)) {
                IntStream.range(0, partitions).forEach(needed::add);
            } else {
                needed.addAll(leases.keySet());
            }
        }
        return needed;
    }

    /** Gives them back. */
    @Override public void close() {
        try {
            store.release();
        } catch (SQLException e) {
            LOG.warn("The leases of the views could not be released, they will run out: {}", e.toString());
        }
    }
}
