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
import java.time.Instant;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;

import org.jspecify.annotations.Nullable;

import io.ritsem.domain.Context;
import io.ritsem.domain.Decision;
import io.ritsem.domain.Entity;
import io.ritsem.domain.EntityView;
import io.ritsem.domain.KeyedView;
import io.ritsem.domain.Recorded;
import io.ritsem.domain.Rows;
import io.ritsem.domain.ViewDefinition;
import io.ritsem.http.sample.TestHttp;
import io.ritsem.http.server.HttpSettings;
import io.ritsem.http.server.Listener;
import io.ritsem.postgres.EmbeddedDatabase;
import io.ritsem.projections.engine.ServedGeneration;
import io.ritsem.projections.engine.ServedViews;
import io.ritsem.projections.engine.Slice;
import io.ritsem.projections.engine.TailPulse;
import io.ritsem.projections.engine.ViewProgress;
import io.ritsem.projections.live.LiveViews;
import io.ritsem.projections.query.QuerySettings;
import io.ritsem.projections.query.ViewReader;
import io.ritsem.projections.store.Generations;
import io.ritsem.projections.store.ViewStore;
import io.ritsem.projections.store.ViewTable;
import io.ritsem.runtime.application.ApplicationModel;
import io.ritsem.runtime.journal.Database;
import io.ritsem.runtime.journal.DatabaseSettings;
import io.ritsem.runtime.journal.EntityId;
import io.ritsem.runtime.journal.EventManifest;
import io.ritsem.runtime.journal.EventMetadata;
import io.ritsem.runtime.journal.JournalInfo;
import io.ritsem.runtime.journal.JournalReader;
import io.ritsem.runtime.journal.Position;
import io.ritsem.runtime.journal.RecordedEvent;

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
    private static final int PARTITIONS = 4;
    private static final Set<Integer> ALL = Set.of(0, 1, 2, 3);

    private final Database database;
    private final String table;
    private final Listener listener;
    private final ViewReader reader;
    private final HttpClient client = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    final LiveViews live;

    /** @param overrides lines of configuration below {@code ritsem.http} */
    TestServer(String... overrides) throws SQLException {
        database = Database
                .open(new DatabaseSettings(EmbeddedDatabase.shared().createDatabase(), "", "", 4, PARTITIONS));
        database.migrate();
        JournalInfo journal = database.check();
        ApplicationModel application = ApplicationModel.of(app -> {
            app.entity("account", new Account());
            app.view("all-accounts", new Accounts()).of("account").indexedBy("updatedAt", "owner", "balance", "limit");
            app.view("owners", Row.class).on("account", new Owners());
        });
        ViewTable<?> prepared = new Generations(database.dataSource(), journal.epoch(), journal.partitions())
                .prepare(application.views().getFirst())
                .table();
        table = prepared.tableName();
        JournalReader events = new JournalReader(database.dataSource(), journal);
        ViewProgress progress = new ViewProgress(prepared,
                new ViewStore(database.dataSource(), Duration.ofSeconds(10), 2), events, new Tail());
        live = new LiveViews(application, journal.partitions());
        reader = new ViewReader(database.dataSource(), events, application,
                new ViewReader.Sources(new OneServed(application, prepared, progress), live), new QuerySettings(4));
        HttpSettings settings = TestHttp.settings(overrides);
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

        @Override public boolean cannotBeBuilt(String view) {
            return false;
        }
    }

    /** Brings nothing but what {@link #changed} gives. */
    private final class Tail implements TailPulse {

        @Override public void wake() {
            live.offer(new Slice(Position.START, Position.START, ALL, List.of()));
        }

        @Override public Hurry hurry() {
            wake();
            return () -> {};
        }

        @Override public Duration blindness() {
            return Duration.ofNanos(1);
        }
    }

    /** The rows of these accounts have changed, as the journal says. */
    void changed(String... accounts) {
        List<RecordedEvent> events = Arrays.stream(accounts)
                .map(account -> new RecordedEvent(new EntityId("account", account), 1, 0, Position.START,
                        new EventManifest("account", "happened", 1), new byte[0],
                        new EventMetadata(Instant.EPOCH, null, null, new UUID(0, 0), null, null)))
                .toList();
        live.offer(new Slice(Position.START, Position.START, ALL, events));
    }

    int port() {
        return listener.port();
    }

    /** As a node that stops. */
    void endLive() {
        reader.endLive();
    }

    @Override public void close() {
        endLive();
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
