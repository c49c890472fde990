package io.ritsem.projections.query;

import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.stream.IntStream;
import javax.sql.DataSource;

import org.jspecify.annotations.Nullable;

import io.ritsem.domain.ViewDefinition;
import io.ritsem.projections.engine.ReadFailure;
import io.ritsem.projections.engine.ServedGeneration;
import io.ritsem.projections.engine.ServedViews;
import io.ritsem.projections.engine.ViewProgress;
import io.ritsem.projections.live.LiveQueryTooLargeException;
import io.ritsem.projections.live.LiveReader;
import io.ritsem.projections.live.LiveTable;
import io.ritsem.projections.live.LiveView;
import io.ritsem.projections.live.LiveViews;
import io.ritsem.projections.query.QueryCheck.Checked;
import io.ritsem.projections.query.ViewQuery.Filter;
import io.ritsem.projections.store.ViewTable;
import io.ritsem.runtime.application.ApplicationModel;
import io.ritsem.runtime.gateway.UnavailableException;
import io.ritsem.runtime.journal.ConsistencyToken;
import io.ritsem.runtime.journal.JournalInfo;
import io.ritsem.runtime.journal.JournalReader;
import io.ritsem.runtime.journal.JournalUnreadableException;
import io.ritsem.runtime.journal.Position;

/**
 * The read side's one door. Blocking; made for virtual threads. Thread-safe. At most so many reads run at once as there
 * are connections for it: slow queries must not take them all from the commands, nor those of one view all from others.
 */
public final class ViewReader {

    /** Less than the connection's own time-out, so that a slow query costs no connection. */
    static final Duration LONGEST_QUERY = Duration.ofSeconds(4);

    private final DataSource dataSource;
    private final JournalInfo journal;
    private final PastRows past;
    private final Semaphore connections;
    private final Map<String, Semaphore> queries = new HashMap<>(); // by view; taken before a connection
    private final ServedViews views;
    private final Map<String, ViewDefinition<?>> definitions = new LinkedHashMap<>();
    private final Map<String, Map<String, Column>> columns = new HashMap<>();
    private final Map<String, Passed> passed = new ConcurrentHashMap<>(); // by view
    private final Map<String, SharedReads> rows = new HashMap<>();
    private final LiveViews live;
    private final Map<String, LiveView<RowFilter, ViewRow>> liveViews = new HashMap<>();

    private record Passed(Map<Integer, Position> cursors, ConsistencyToken token) {}

    /**
     * Who gives the views.
     *
     * @param served which generation of each answers now
     * @param live what feeds those who read live
     */
    public record Sources(ServedViews served, LiveViews live) {}

    /**
     * Opens the door to views.
     *
     * @param journal what they are built from
     * @param application whose views they are
     * @throws IllegalArgumentException if a view is indexed by a field of a name that every view has; it says which
     */
    public ViewReader(DataSource dataSource, JournalReader journal, ApplicationModel application, Sources sources,
            QuerySettings settings) {
        this.dataSource = dataSource;
        this.journal = journal.info();
        this.past = new PastRows(application, journal);
        this.connections = new Semaphore(settings.connections(), true);
        this.views = sources.served();
        this.live = sources.live();
        for (ViewDefinition<?> view : views.definitions()) {
            definitions.put(view.name(), view);
            // Half of them: slow queries of one view leave the rest to other views, and to whoever reads a row by its key.
            queries.put(view.name(), new Semaphore(Math.max(1, settings.connections() / 2), true));
            columns.put(view.name(), ServedView.columns(ViewTable.of(view, 1)));
            rows.put(view.name(), new SharedReads((keys, deadline) -> read(deadline, connection -> {
                Set<String> asked = keys.close(); // first: who joins later may have seen another generation serve
                return RowQueries.rows(connection, served(view.name()), asked, deadline);
            })));
            liveViews.put(view.name(), live.add(view, () -> live(view.name())));
        }
    }

    /** The views there are. */
    public Collection<ViewDefinition<?>> views() {
        return List.copyOf(definitions.values());
    }

    /** The view of a name, or null. */
    public @Nullable ViewDefinition<?> view(String name) {
        return definitions.get(name);
    }

    /**
     * Waits until a view has passed a token; not for a view that has stopped.
     *
     * @return whether it has, in time
     * @throws TokenOfAnotherEpochException if the token is from before a restore
     * @throws UnavailableException if that cannot be told now
     */
    public boolean await(String view, ConsistencyToken token, Duration atMost) {
        TokenOfAnotherEpochException.requireSame(token, journal.epoch());
        long deadline = System.nanoTime() + atMost.toNanos();
        try {
            while (true) {
                ViewProgress progress = served(view).progress();
                long left = Math.max(0, deadline - System.nanoTime());
                if (progress.awaitPassed(token.seen(), Duration.ofNanos(left))) {
                    return true;
                }
                boolean another = served(view).progress() != progress;
                if (!another || left == 0) {
                    return false;
                }
            }
        } catch (SQLException | JournalUnreadableException failed) {
            throw ReadFailure.of(failed);
        } catch (InterruptedException stopping) {
            Thread.currentThread().interrupt();
            throw new UnavailableException("stopping");
        }
    }

    /**
     * How fresh an answer is that is read <em>after</em> this call: the rows may be newer than the token says, never
     * older.
     *
     * @param atMost how long it may take; 4 seconds if it is more
     * @throws UnavailableException if that cannot be told now
     */
    public Freshness freshness(String view, Duration atMost) {
        Deadline deadline = deadline(atMost);
        ServedView<?> served = served(view);
        ViewProgress progress = served.progress();
        Map<Integer, Position> here = progress.here();
        if (!served.table().keyed() && here.size() == journal.partitions()) {
            return new Freshness(tokenOf(view, here), progress.lag(), progress.stopped(), 0);
        }
        return read(deadline, connection -> {
            // Before what waits is counted: of what the token has seen none is left out.
            Map<Integer, Position> cursors = progress.cursors(connection);
            return new Freshness(token(cursors), progress.lag(), progress.stopped(),
                    served.table().keyed() ? RowQueries.unplaced(connection, served, deadline) : 0);
        });
    }

    /** Made once for all who read before the next cursor is moved. */
    @SuppressWarnings("ReferenceEquality") // the same map until a cursor is moved, and nobody changes it
    private ConsistencyToken tokenOf(String view, Map<Integer, Position> here) {
        @Nullable Passed latest = passed.get(view);
        if (latest == null || latest.cursors() != here) {
            latest = new Passed(here, token(here));
            passed.put(view, latest);
        }
        return latest.token();
    }

    ConsistencyToken passed(ServedView<?> view) throws SQLException {
        return token(view.progress().cursors());
    }

    private ConsistencyToken token(Map<Integer, Position> cursors) {
        Map<Integer, Long> seen = new HashMap<>();
        cursors.forEach((partition, cursor) -> {
            long passed = ViewProgress.passedBy(cursor);
            if (partition == ViewTable.ALL_PARTITIONS) {
                IntStream.range(0, journal.partitions()).forEach(each -> seen.put(each, passed));
            } else {
                seen.put(partition, passed);
            }
        });
        return new ConsistencyToken(journal.epoch(), seen);
    }

    /**
     * The row of a key, or null.
     *
     * @param atMost how long it may take; 4 seconds if it is more
     * @throws UnavailableException if the database does not answer in time, or too many read at once
     */
    public @Nullable ViewRow row(String view, String key, Duration atMost) {
        if (key.indexOf('\0') >= 0) {
            return null;
        }
        return Objects.requireNonNull(rows.get(view), view).row(key, deadline(atMost));
    }

    /**
     * A row of an entity's view as it was. It is folded from the entity's events, so it is there while the view is behind,
     * being built or stopped.
     *
     * @param atMost how long it may take; 4 seconds if it is more
     * @throws InvalidQueryException if the view's rows have keys of their own, or a token says nothing about the entity
     * @throws TokenOfAnotherEpochException if the token is from before a restore
     * @throws PastRowFailedException if the view cannot apply one of the events
     * @throws UnavailableException if the database does not answer in time, or too many read at once
     */
    public PastRow rowAt(String view, String key, AsOf asOf, Duration atMost) {
        return past.row(Objects.requireNonNull(definitions.get(view), view), key, asOf, deadline(atMost));
    }

    /**
     * The events that wait for a row, which need not be there; null if there are none.
     *
     * @param atMost how long it may take; 4 seconds if it is more
     * @throws UnavailableException if the database does not answer in time, or too many read at once
     */
    public ViewRow.@Nullable Behind behind(String view, String key, Duration atMost) {
        Deadline deadline = deadline(atMost);
        return read(deadline, connection -> RowQueries.behind(connection, served(view), key, deadline));
    }

    /** Everything that is wrong with a query; nothing if {@link #query} takes it. */
    public List<QueryError> check(String view, ViewQuery query) {
        QueryCheck check = new QueryCheck(columns(view), definition(view), query);
        check.check();
        return check.errors();
    }

    /**
     * A page of rows. An order by a text goes by its first 256 characters, then by the next field; a filter looks at all
     * of it.
     *
     * @param atMost how long it may take with all that it has to wait for; 4 seconds if it is more. Only a pool that has
     *     no connection to give is waited for longer, 3 seconds at most
     * @throws InvalidQueryException if it asks for what the view does not have
     * @throws UnavailableException if the database does not answer in time, or too many read at once
     */
    public ViewPage query(String view, ViewQuery query, Duration atMost) {
        ServedView<?> served = served(view);
        QueryCheck check = new QueryCheck(served.columns(), definition(view), query);
        Checked checked = check.check();
        if (!check.errors().isEmpty()) {
            throw new InvalidQueryException(check.errors());
        }
        Deadline deadline = deadline(atMost);
        return find(view, deadline, connection -> {
            @Nullable Long count = query.count() ? RowQueries.count(connection, served, checked, deadline) : null;
            RowQueries.Page page = RowQueries.page(connection, served, checked, query.limit(), deadline);
            @Nullable String next = page.next() == null ? null : page.next().encode(checked.signature());
            return new ViewPage(page.rows(), next, count);
        });
    }

    /**
     * Reads all rows that filters find, and then every change of them. Whoever begins must close.
     *
     * @param atMost how long to wait for the rows at most
     * @throws InvalidQueryException if they ask for what the view does not have
     * @throws LiveQueryTooLargeException if they find more rows than the node keeps an eye on
     * @throws UnavailableException if the rows cannot be read now, or the node holds too much for live readers already
     */
    public LiveReader<ViewRow> live(String view, List<Filter> filters, Duration atMost) {
        QueryCheck check = new QueryCheck(served(view).columns(), definition(view),
                new ViewQuery(filters, List.of(), ViewQuery.USUAL_LIMIT, null, false));
        Checked checked = check.check();
        if (!check.errors().isEmpty()) {
            throw new InvalidQueryException(check.errors());
        }
        return Objects.requireNonNull(liveViews.get(view)).join(new RowFilter(checked.conditions()), atMost);
    }

    private LiveTable<RowFilter, ViewRow> live(String view) {
        ServedGeneration now = answering(view);
        return new ServedLive(this, served(now), now.revision());
    }

    /** Ends all who read live, and takes no more of them: the node stops. */
    public void endLive() {
        live.close();
    }

    interface Reading<T extends @Nullable Object> {
        T from(Connection connection) throws SQLException;
    }

    /** What may take long: it waits for those of its own view first. */
    <T extends @Nullable Object> T find(String view, Deadline deadline, Reading<T> reading) {
        Semaphore ofView = Objects.requireNonNull(queries.get(view), view);
        deadline.acquire(ofView);
        try {
            return read(deadline, reading);
        } finally {
            ofView.release();
        }
    }

    <T extends @Nullable Object> T read(Deadline deadline, Reading<T> reading) {
        deadline.acquire(connections);
        try (Connection connection = dataSource.getConnection()) {
            return reading.from(connection);
        } catch (SQLException failed) {
            throw ReadFailure.of(failed);
        } finally {
            connections.release();
        }
    }

    private static Deadline deadline(Duration atMost) {
        return Deadline.in(atMost.compareTo(LONGEST_QUERY) < 0 ? atMost : LONGEST_QUERY);
    }

    private ServedView<?> served(String view) {
        return served(answering(view));
    }

    private ServedView<?> served(ServedGeneration generation) {
        return new ServedView<>(generation.table(), generation.progress(), columns(generation.table().view()));
    }

    private ServedGeneration answering(String view) {
        return views.served(view)
                .orElseThrow(() -> new UnavailableException(
                        views.cannotBeBuilt(view) ? "view-stopped" : "view-building"));
    }

    private ViewDefinition<?> definition(String view) {
        return Objects.requireNonNull(definitions.get(view), view);
    }

    private Map<String, Column> columns(String view) {
        return Objects.requireNonNull(columns.get(view), view);
    }
}
