package io.ritsem.projections.engine;

import java.sql.SQLException;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import io.ritsem.projections.store.Lease;
import io.ritsem.projections.store.LeaseStore;
import io.ritsem.projections.store.ViewTable;

/**
 * Keeps this node's leases: renews them and claims what is free, on a thread of its own, three times in the time of a
 * lease. Thread-safe. A lease that is lost unnoticed does no harm: the next move of the cursor fails.
 */
public final class Leases implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(Leases.class);
    private static final Duration TO_STOP = Duration.ofSeconds(5);

    private final LeaseStore store;
    private final List<ViewTable<?>> tables;
    private final int partitions;
    private final ScheduledExecutorService clock = Executors
            .newSingleThreadScheduledExecutor(Thread.ofPlatform().name("ritsem-leases").daemon().factory());
    private volatile Round round = new Round(0, Map.of());

    public Leases(LeaseStore store, Collection<? extends ViewTable<?>> tables, int partitions) {
        this.store = store;
        this.tables = List.copyOf(tables);
        this.partitions = partitions;
    }

    /**
     * What was ours as of a round.
     *
     * @param number counts the rounds
     * @param held the leases by view and partition
     */
    private record Round(long number, Map<String, Map<Integer, Lease>> held) {}

    /** Claims for the first time, then goes on by itself. */
    public void start(Duration lease) throws SQLException {
        store.forgetEarlierRuns();
        round = new Round(1, store.keep(tables));
        long every = lease.toMillis() / 3;
        var _ = clock.scheduleWithFixedDelay(this::keep, every, every, TimeUnit.MILLISECONDS);
    }

    private void keep() {
        try {
            round = new Round(round.number() + 1, store.keep(tables));
        } catch (SQLException | RuntimeException e) {
            LOG.warn("The leases of the views could not be renewed, trying again: {}", e.toString());
        }
    }

    /** The number of the last round. */
    long round() {
        return round.number();
    }

    /** A view's leases by partition, as of the last round. */
    Map<Integer, Lease> of(ViewTable<?> table) {
        return round.held().getOrDefault(table.view(), Map.of());
    }

    /** A view's leases as they are in the database now. */
    Map<Integer, Lease> reread(ViewTable<?> table) throws SQLException {
        return store.held(table);
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
        clock.shutdown();
        try {
            if (!clock.awaitTermination(TO_STOP.toMillis(), TimeUnit.MILLISECONDS)) {
                LOG.warn("A renewal of leases is still running after {}", TO_STOP);
            }
            store.release();
        } catch (SQLException e) {
            LOG.warn("The leases of the views could not be released, they will run out: {}", e.toString());
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
    }
}
