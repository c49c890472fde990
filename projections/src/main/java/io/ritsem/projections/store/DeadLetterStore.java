package io.ritsem.projections.store;

import java.sql.SQLException;
import java.util.List;

import org.jspecify.annotations.Nullable;

/** The dead letters of all views, for those who look at them and mend them. Thread-safe; blocking. */
public final class DeadLetterStore {

    /** What one read of dead letters brings at most, in bytes of stacks and edited events, unless a single one is as large. */
    public static final int LARGEST_READ = 8 << 20;

    private final ViewStore store;

    /** @param store whose connections it shares */
    public DeadLetterStore(ViewStore store) {
        this.store = store;
    }

    /** What is done in the transaction of a repair; null: nothing, roll it back. */
    public interface Work<T> {
        @Nullable T on(Repair repair) throws SQLException;
    }

    /**
     * A view's parked keys after another one, rows before entities, each in the order of code points: at most
     * {@code limit} and {@link #LARGEST_READ}, but one at least.
     */
    public List<ParkedLine> lines(ViewTable<?> table, @Nullable ParkedKey after, int limit) throws SQLException {
        return store.call(connection -> DeadLetterRows.lines(connection, table, after, limit));
    }

    /** The first dead letters of a key, in order: at most {@code limit} and {@link #LARGEST_READ}, but one at least. */
    public List<DeadLetter> letters(ViewTable<?> table, ParkedKey key, int limit) throws SQLException {
        return store.call(connection -> DeadLetterRows.letters(connection, table, key, limit));
    }

    /** How many dead letters a key has. */
    public long count(ViewTable<?> table, ParkedKey key) throws SQLException {
        return store.call(connection -> DeadLetterRows.count(connection, table, key));
    }

    /**
     * Works on a key's dead letters in one transaction, which waits at most 4 s for the cursor that guards the key.
     *
     * @param partition that of the key's entity; without meaning in a keyed view
     * @return what the work says, or null if it did nothing, or there is no such generation any more
     */
    public <T> @Nullable T repair(ViewTable<?> table, ParkedKey key, int partition, Work<T> work) throws SQLException {
        return store.<@Nullable T>transaction(connection -> {
            Repair repair = new Repair(connection, table, key);
            @Nullable T done = repair.begin(partition) ? work.on(repair) : null;
            if (done == null) {
                connection.rollback();
                return null;
            }
            repair.end();
            connection.commit();
            return done;
        });
    }
}
