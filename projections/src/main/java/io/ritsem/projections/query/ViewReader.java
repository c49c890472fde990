package io.ritsem.projections.query;

import io.ritsem.domain.ViewDefinition;
import io.ritsem.runtime.journal.ConsistencyToken;
import java.time.Duration;
import java.util.Collection;
import org.jspecify.annotations.Nullable;

/** The read side's one door. Blocking; made for virtual threads. Thread-safe. */
public final class ViewReader {

    private ViewReader() {
    }

    /** The views there are. */
    public Collection<ViewDefinition<?>> views() {
        throw new UnsupportedOperationException();
    }

    /** The view of a name, or null. */
    public @Nullable ViewDefinition<?> view(String name) {
        throw new UnsupportedOperationException();
    }

    /**
     * Waits until a view has passed a token.
     *
     * @return whether it has, in time
     * @throws TokenOfAnotherEpochException if the token is from before a restore
     */
    public boolean await(String view, ConsistencyToken token, Duration atMost) {
        throw new UnsupportedOperationException();
    }

    /** How fresh an answer is that is read <em>after</em> this call. */
    public Freshness freshness(String view) {
        throw new UnsupportedOperationException();
    }

    /** The row of a key, or null. */
    public @Nullable ViewRow row(String view, String key) {
        throw new UnsupportedOperationException();
    }

    /**
     * A page of rows.
     *
     * @throws InvalidQueryException if it asks for what the view does not have
     */
    public ViewPage query(String view, ViewQuery query) {
        throw new UnsupportedOperationException();
    }
}
