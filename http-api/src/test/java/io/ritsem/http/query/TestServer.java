package io.ritsem.http.query;

import java.io.IOException;
import java.math.BigDecimal;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Collection;
import java.util.Optional;

import com.typesafe.config.ConfigFactory;
import org.jspecify.annotations.Nullable;

import io.ritsem.domain.Context;
import io.ritsem.domain.Decision;
import io.ritsem.domain.Entity;
import io.ritsem.domain.EntityView;
import io.ritsem.domain.KeyedView;
import io.ritsem.domain.Recorded;
import io.ritsem.domain.Rows;
import io.ritsem.domain.ViewDefinition;
import io.ritsem.http.server.HttpSettings;
import io.ritsem.http.server.Listener;
import io.ritsem.postgres.EmbeddedDatabase;
import io.ritsem.projections.engine.ServedGeneration;
import io.ritsem.projections.engine.ServedViews;
import io.ritsem.projections.engine.TailPulse;
import io.ritsem.projections.engine.ViewProgress;
import io.ritsem.projections.query.QuerySettings;
import io.ritsem.projections.query.ViewReader;
import io.ritsem.projections.store.Generations;
import io.ritsem.projections.store.ViewStore;
import io.ritsem.projections.store.ViewTable;
import io.ritsem.runtime.application.ApplicationModel;
import io.ritsem.runtime.journal.Database;
import io.ritsem.runtime.journal.DatabaseSettings;
import io.ritsem.runtime.journal.JournalInfo;
import io.ritsem.runtime.journal.JournalReader;

/** One view, served over HTTP from a real table. Nobody builds the view: tests write its rows and move its cursors. */
final class TestServer implements AutoCloseable {

    record Row(@Nullable String owner, @Nullable BigDecimal balance, @Nullable Long limit, boolean open) {}

    sealed interface Event {

        record Opened(String owner) implements Event {}

        record Credited(BigDecimal amount) implements Event {}

        record Closed() implements Event {}

        record Cursed() implements Event {}
    }

    record Command() {}

    record State() {}

    private static final class Account implements Entity<Command, Event, State> {

        @Override public State initial() {
            return new State();
        }

        @Override public Decision<Event> decide(State state, Command command, Context context) {
            return Decision.nothing();
        }

        @Override public State evolve(State state, Event event) {
            return state;
        }
    }

    private static final class Accounts implements EntityView<Event, Row> {

        @Override public @Nullable Row apply(@Nullable Row row, Event event, Recorded recorded) {
            return switch (event) {
                case Event.Opened(String owner) -> new Row(owner, BigDecimal.ZERO, null, true);
                case Event.Credited(BigDecimal amount) ->
                        row == null ? null : new Row(row.owner(), amount, row.limit(), row.open());
                case Event.Closed() -> null;
                case Event.Cursed() -> throw new IllegalStateException("a secret of the handler");
            };
        }
    }

    private static final class Owners implements KeyedView<Event, Row> {

        @Override public void apply(Event event, Recorded recorded, Rows<Row> rows) {
            // Nobody builds it.
        }
    }

    static final String VIEW = "/api/views/all-accounts";

    private final Database database;
    private final String table;
    private final Listener listener;
    private final HttpClient client = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

    TestServer() throws SQLException {
        database = Database.open(new DatabaseSettings(EmbeddedDatabase.shared().createDatabase(), "", "", 4, 4));
        database.migrate();
        JournalInfo journal = database.check();
        ApplicationModel application = ApplicationModel.of(app -> {
            app.entity("account", new Account());
            app.view("all-accounts", new Accounts()).of("account").indexedBy("owner", "balance", "limit");
            app.view("owners", Row.class).on("account", new Owners());
        });
        ViewTable<?> prepared = new Generations(database.dataSource(), journal.epoch(), journal.partitions())
                .prepare(application.views().getFirst())
                .table();
        table = prepared.tableName();
        JournalReader events = new JournalReader(database.dataSource(), journal);
        ViewProgress progress = new ViewProgress(prepared,
                new ViewStore(database.dataSource(), Duration.ofSeconds(10), 2), events, new NoTail());
        ViewReader reader = new ViewReader(database.dataSource(), events, application,
                new OneServed(application, prepared, progress), new QuerySettings(4));
        HttpSettings settings = HttpSettings.from(ConfigFactory.parseString("ritsem.http.port = 0")
                .withFallback(ConfigFactory.load()));
        listener = Listener.start(settings, new ViewRoutes(reader).routes());
    }

    /** Of all views, one has a table. */
    private record OneServed(ApplicationModel application, ViewTable<?> table, ViewProgress progress)
            implements ServedViews {

        @Override public Collection<ViewDefinition<?>> definitions() {
            return application.views();
        }

        @Override public Optional<ServedGeneration> served(String view) {
            return Optional.of(new ServedGeneration(table, progress, 0)).filter(_ -> view.equals(table.view()));
        }
    }

    private record NoTail() implements TailPulse {

        @Override public void wake() {
            // There is none to wake.
        }

        @Override public Duration blindness() {
            return Duration.ofNanos(1);
        }
    }

    @Override public void close() {
        client.close();
        listener.stop();
        database.close();
    }

    /** @param row its JSON */
    void put(String key, String row) throws SQLException {
        try (Connection connection = database.dataSource().getConnection();
                var insert = connection.prepareStatement("insert into " + table
                        + " values (?, ?::jsonb, 7, 0, 0, 0, timestamptz '2026-11-21T09:30:00.25Z')")) {
            insert.setString(1, key);
            insert.setString(2, row);
            insert.execute();
        }
    }

    void execute(String sql) throws SQLException {
        try (Connection connection = database.dataSource().getConnection();
                Statement statement = connection.createStatement()) {
            statement.execute(sql.replace("TABLE", table));
        }
    }

    /** @param pathAndQuery encoded */
    HttpResponse<String> get(String pathAndQuery, String... headers) throws IOException, InterruptedException {
        HttpRequest.Builder request = HttpRequest
                .newBuilder(URI.create("http://127.0.0.1:" + listener.port() + pathAndQuery))
                .timeout(Duration.ofSeconds(60));
        if (headers.length > 0) {
            request.headers(headers);
        }
        return client.send(request.build(), HttpResponse.BodyHandlers.ofString());
    }
}
