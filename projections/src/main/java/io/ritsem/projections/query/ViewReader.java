package io.ritsem.projections.query;

import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import javax.sql.DataSource;

import org.jspecify.annotations.Nullable;

import io.ritsem.domain.ViewDefinition;
import io.ritsem.projections.query.QueryCheck.Checked;
import io.ritsem.runtime.journal.ConsistencyToken;

/** The read side's one door. Blocking; made for virtual threads. Thread-safe. */
public final class ViewReader {

    /** Less than the connection's own time-out, so that a slow query costs no connection. */
    private static final Duration LONGEST_QUERY = Duration.ofSeconds(4);

    private final DataSource dataSource;
    private final ViewProgress progress;
    private final Map<String, ServedView<?>> views = new LinkedHashMap<>();

    ViewReader(DataSource dataSource, Collection<ServedView<?>> views, ViewProgress progress) {
        this.dataSource = dataSource;
        this.progress = progress;
        for (ServedView<?> view : views) {
            this.views.put(view.definition().name(), view);
        }
    }

    /** The views there are. */
    public Collection<ViewDefinition<?>> views() {
        return views.values().stream().<ViewDefinition<?>>map(ServedView::definition).toList();
    }

    /** The view of a name, or null. */
    public @Nullable ViewDefinition<?> view(String name) {
        @Nullable ServedView<?> view = views.get(name);
        return view == null ? null : view.definition();
    }

    /**
     * Waits until a view has passed a token.
     *
     * @return whether it has, in time
     * @throws TokenOfAnotherEpochException if the token is from before a restore
     */
    public boolean await(String view, ConsistencyToken token, Duration atMost) {
        return progress.await(served(view).definition(), token, atMost);
    }

    /** How fresh an answer is that is read <em>after</em> this call. */
    public Freshness freshness(String view) {
        return progress.freshness(served(view).definition());
    }

    /** The row of a key, or null. */
    public @Nullable ViewRow row(String view, String key) {
        if (key.indexOf('\0') >= 0) {
            return null;
        }
        try (Connection connection = dataSource.getConnection()) {
            return RowQueries.row(connection, served(view), key);
        } catch (SQLException failed) {
            throw ReadFailure.of(failed);
        }
    }

    /** Everything that is wrong with a query; nothing if {@link #query} takes it. */
    public List<QueryError> check(String view, ViewQuery query) {
        QueryCheck check = new QueryCheck(served(view).columns(), query);
        check.check(view);
        return check.errors();
    }

    /**
     * A page of rows. An order by a text goes by its first 256 characters, then by the next field; a filter looks at all
     * of it.
     *
     * @throws InvalidQueryException if it asks for what the view does not have
     */
    public ViewPage query(String view, ViewQuery query) {
        ServedView<?> served = served(view);
        QueryCheck check = new QueryCheck(served.columns(), query);
        Checked checked = check.check(view);
        if (!check.errors().isEmpty()) {
            throw new InvalidQueryException(check.errors());
        }
        try (Connection connection = dataSource.getConnection()) {
            @Nullable Long count = query.count() ? RowQueries.count(connection, served, checked, LONGEST_QUERY) : null;
            RowQueries.Page page = RowQueries.page(connection, served, checked, query.limit(), LONGEST_QUERY);
            @Nullable String next = page.next() == null ? null : page.next().encode(checked.signature());
            return new ViewPage(page.rows(), next, count);
        } catch (SQLException failed) {
            throw ReadFailure.of(failed);
        }
    }

    private ServedView<?> served(String view) {
        return Objects.requireNonNull(views.get(view), view);
    }
}
