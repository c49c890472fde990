package io.ritsem.projections.query;

import java.math.BigDecimal;
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
import java.util.Map;

import com.zaxxer.hikari.HikariDataSource;
import org.jspecify.annotations.Nullable;

import io.ritsem.domain.Definition;
import io.ritsem.domain.ViewDefinition;
import io.ritsem.postgres.EmbeddedDatabase;
import io.ritsem.projections.store.IndexedField;
import io.ritsem.runtime.journal.ConsistencyToken;
import io.ritsem.runtime.json.JsonType;
import io.ritsem.runtime.json.Shape;

/** A view of every kind of field, in a real table of its own. */
final class TestView implements AutoCloseable {

    enum Kind {
        GOLD, SILVER, BRONZE
    }

    record Row(@Nullable String owner, @Nullable BigDecimal balance, @Nullable Long visits, @Nullable Boolean open,
            @Nullable Instant seen, @Nullable Kind kind, String note) {}

    record Stored(String key, Row row, @Nullable Long version, Instant updatedAt) {}

    static final String NAME = "test-rows";
    private static final List<String> FIELDS = List.of("owner", "balance", "visits", "open", "seen", "kind");
    private static final JsonType<Row> JSON = JsonType.of(Row.class);

    final HikariDataSource dataSource = new HikariDataSource();
    final ViewDefinition<Row> definition = new Definition().view(NAME, Row.class)
            .indexedBy(FIELDS.toArray(String[]::new));
    final ServedView<Row> served;
    final ViewReader reader;

    TestView() throws SQLException {
        dataSource.setJdbcUrl(EmbeddedDatabase.shared().createDatabase());
        dataSource.setMaximumPoolSize(2);
        Map<String, Shape.Field> shapes = ((Shape.Fields) JSON.shape()).fields();
        List<IndexedField> fields = FIELDS.stream()
                .map(name -> new IndexedField(name, shapes.get(name).shape()))
                .toList();
        served = ServedView.of(definition, JSON, "rows", fields);
        execute("create table rows (key text collate \"C\" primary key, row jsonb not null, version bigint, "
                + "updated_at timestamptz not null)");
        execute("create index on rows (updated_at, key)");
        for (IndexedField field : fields) {
            execute("create index on rows (" + field.indexed() + ", key)");
        }
        reader = new ViewReader(dataSource, List.of(served), new Standing());
    }

    @Override public void close() {
        dataSource.close();
    }

    void execute(String sql) throws SQLException {
        try (Connection connection = dataSource.getConnection(); Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    void put(Collection<Stored> rows) throws SQLException {
        try (Connection connection = dataSource.getConnection();
                PreparedStatement statement = connection.prepareStatement("insert into rows values (?, ?::jsonb, ?, ?) "
                        + "on conflict (key) do update set row = excluded.row, updated_at = excluded.updated_at")) {
            for (Stored row : rows) {
                statement.setString(1, row.key());
                statement.setString(2, new String(JSON.encode(row.row()), java.nio.charset.StandardCharsets.UTF_8));
                statement.setObject(3, row.version());
                statement.setObject(4, row.updatedAt().atOffset(ZoneOffset.UTC));
                statement.addBatch();
            }
            statement.executeBatch();
        }
    }

    void remove(String key) throws SQLException {
        try (Connection connection = dataSource.getConnection();
                PreparedStatement statement = connection.prepareStatement("delete from rows where key = ?")) {
            statement.setString(1, key);
            statement.execute();
        }
    }

    /** What {@code explain} says of the statement of a query's first step. */
    List<String> plan(ViewQuery query, Ordering.Step step) throws SQLException {
        QueryCheck check = new QueryCheck(served.columns(), query);
        QueryCheck.Checked checked = check.check(NAME);
        Sql page = RowQueries.page(served, checked, step, query.limit() + 1);
        List<String> plan = new ArrayList<>();
        try (Connection connection = dataSource.getConnection();
                var statement = page.prepareAs("explain (analyze, buffers off, timing off, summary off) ", connection);
                var result = statement.executeQuery()) {
            while (result.next()) {
                plan.add(result.getString(1));
            }
        }
        return plan;
    }

    /** Progress is another test's business. */
    private static final class Standing implements ViewProgress {

        @Override public boolean await(ViewDefinition<?> view, ConsistencyToken token, Duration atMost) {
            return true;
        }

        @Override public Freshness freshness(ViewDefinition<?> view) {
            return new Freshness(new ConsistencyToken(1, Map.of()), Duration.ZERO);
        }
    }
}
