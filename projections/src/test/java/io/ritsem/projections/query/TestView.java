package io.ritsem.projections.query;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import javax.sql.DataSource;

import org.jspecify.annotations.Nullable;

import io.ritsem.domain.Definition;
import io.ritsem.domain.EntityView;
import io.ritsem.domain.Recorded;
import io.ritsem.domain.ViewDefinition;
import io.ritsem.postgres.EmbeddedDatabase;
import io.ritsem.projections.engine.ServedGeneration;
import io.ritsem.projections.engine.ServedViews;
import io.ritsem.projections.engine.TailPulse;
import io.ritsem.projections.engine.ViewProgress;
import io.ritsem.projections.live.LiveViews;
import io.ritsem.projections.store.Generations;
import io.ritsem.projections.store.ViewStore;
import io.ritsem.projections.store.ViewTable;
import io.ritsem.runtime.application.ApplicationModel;
import io.ritsem.runtime.journal.Database;
import io.ritsem.runtime.journal.DatabaseSettings;
import io.ritsem.runtime.journal.JournalInfo;
import io.ritsem.runtime.journal.JournalReader;
import io.ritsem.runtime.json.JsonType;

/** A view of every kind of field, in a real table of its own. */
final class TestView implements AutoCloseable {

    enum Kind {
        GOLD, SILVER, BRONZE
    }

    record Row(@Nullable String owner, @Nullable BigDecimal balance, @Nullable Long visits, @Nullable Boolean open,
            @Nullable Instant seen, @Nullable Kind kind, String note) {}

    record Stored(String key, Row row, @Nullable Long version, Instant updatedAt) {}

    record Happened() {}

    /** Nobody runs it: the tests write its rows. */
    private static final class Rows implements EntityView<Happened, Row> {

        @Override public @Nullable Row apply(@Nullable Row row, Happened event, Recorded recorded) {
            return row;
        }
    }

    static final String NAME = "test-rows";
    static final String OTHER = "other-rows";
    static final String UNBUILT = "unbuilt-rows";
    static final Duration LONG = Duration.ofSeconds(30);
    static final int READERS = 2;
    static final int MOVERS = 2;
    private static final JsonType<Row> JSON = JsonType.of(Row.class);

    /** How often the progress of the view has asked the database. */
    final AtomicInteger looks = new AtomicInteger();
    final Database database;
    /** Where the views are moved, on connections of their own. */
    final ViewStore store;
    private final DataSource counting;
    final ServedView<Row> served;
    private final ServedView<Row> other;
    final ViewReader reader;

    TestView() throws SQLException {
        database = Database.open(new DatabaseSettings(EmbeddedDatabase.shared().createDatabase(), "", "", 4, 4));
        database.migrate();
        JournalInfo journal = database.check();
        counting = counting(database.dataSource());
        store = new ViewStore(counting, Duration.ofSeconds(10), MOVERS);
        served = served(NAME, journal);
        other = served(OTHER, journal);
        ApplicationModel application = ApplicationModel.of(_ -> {});
        reader = new ViewReader(database.dataSource(), new JournalReader(database.dataSource(), journal), application,
                new ViewReader.Sources(serving(served, other), new LiveViews(application, journal.partitions())),
                new QuerySettings(READERS));
    }

    private ServedView<Row> served(String name, JournalInfo journal) throws SQLException {
        ViewDefinition<Row> definition = new Definition().view(name, new Rows())
                .of("account")
                .indexedBy("updatedAt", "owner", "balance", "visits", "open", "seen", "kind");
        int generation = new Generations(database.dataSource(), journal.epoch(), journal.partitions())
                .prepare(definition)
                .table()
                .generation();
        ViewTable<Row> table = ViewTable.of(definition, generation);
        return ServedView.of(table, elsewhere(table, journal));
    }

    private static ServedViews serving(ServedView<?>... views) {
        return new ServedViews() {

            @Override public Collection<ViewDefinition<?>> definitions() {
                return Stream
                        .concat(Stream.of(new Definition().view(UNBUILT, new Rows()).of("account")),
                                Stream.of(views).<ViewDefinition<?>>map(view -> view.table().definition()))
                        .toList();
            }

            @Override public Optional<ServedGeneration> served(String name) {
                return Stream.of(views)
                        .filter(view -> view.table().view().equals(name))
                        .map(view -> new ServedGeneration(view.table(), view.progress(), 0))
                        .findFirst();
            }

            @Override public boolean cannotBeBuilt(String view) {
                return false;
            }
        };
    }

    /** The progress of a view that another node moves. */
    private ViewProgress elsewhere(ViewTable<?> table, JournalInfo journal) {
        TailPulse tail = new TailPulse() {

            @Override public void wake() {
                // There is none here.
            }

            @Override public Hurry hurry() {
                return () -> {};
            }

            @Override public Duration blindness() {
                return Duration.ZERO;
            }
        };
        return new ViewProgress(table, store, new JournalReader(counting, journal), tail);
    }

    private DataSource counting(DataSource dataSource) {
        return (DataSource) Proxy.newProxyInstance(getClass().getClassLoader(), new Class<?>[]{DataSource.class},
                (_, method, arguments) -> {
                    looks.incrementAndGet();
                    try {
                        return method.invoke(dataSource, arguments);
                    } catch (InvocationTargetException e) {
                        throw e.getCause();
                    }
                });
    }

    @Override public void close() {
        database.close();
    }

    String table() {
        return served.table().tableName();
    }

    void execute(String sql) throws SQLException {
        try (Connection connection = database.dataSource().getConnection();
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    void put(Collection<Stored> rows) throws SQLException {
        try (Connection connection = database.dataSource().getConnection();
                PreparedStatement statement = connection.prepareStatement("insert into " + table()
                        + " values (?, ?::jsonb, ?, 0, 0, 0, ?) "
                        + "on conflict (key) do update set row = excluded.row, updated_at = excluded.updated_at")) {
            for (Stored row : rows) {
                statement.setString(1, row.key());
                statement.setString(2, new String(JSON.encode(row.row()), StandardCharsets.UTF_8));
                statement.setObject(3, row.version());
                statement.setObject(4, row.updatedAt().atOffset(ZoneOffset.UTC));
                statement.addBatch();
            }
            statement.executeBatch();
        }
    }

    void remove(String key) throws SQLException {
        try (Connection connection = database.dataSource().getConnection();
                PreparedStatement statement = connection
                        .prepareStatement("delete from " + table() + " where key = ?")) {
            statement.setString(1, key);
            statement.execute();
        }
    }

    /** What {@code explain} says of the statement of a query's first step. */
    List<String> plan(ViewQuery query, Ordering.Step step) throws SQLException {
        QueryCheck check = new QueryCheck(served.columns(), served.table().definition(), query);
        QueryCheck.Checked checked = check.check();
        return plan(RowQueries.page(served, checked, step, query.limit() + 1, 8 << 20));
    }

    List<String> plan(Sql sql) throws SQLException {
        List<String> plan = new ArrayList<>();
        try (Connection connection = database.dataSource().getConnection();
                var statement = sql.prepareAs("explain (analyze, buffers off, timing off, summary off) ", connection);
                var result = statement.executeQuery()) {
            while (result.next()) {
                plan.add(result.getString(1));
            }
        }
        return plan;
    }
}
