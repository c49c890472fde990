package io.ritsem.http.sample;

import java.io.PrintWriter;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.SQLFeatureNotSupportedException;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.logging.Logger;
import javax.sql.DataSource;

import com.typesafe.config.ConfigFactory;

import io.ritsem.domain.ViewDefinition;
import io.ritsem.http.HttpServer;
import io.ritsem.http.HttpServer.Operated;
import io.ritsem.http.server.HttpSettings;
import io.ritsem.projections.engine.DeadLetters;
import io.ritsem.projections.engine.OperatedViews;
import io.ritsem.projections.engine.ServedGeneration;
import io.ritsem.projections.engine.ServedViews;
import io.ritsem.projections.engine.ViewControl;
import io.ritsem.projections.engine.ViewWatch;
import io.ritsem.projections.live.LiveViews;
import io.ritsem.projections.query.QuerySettings;
import io.ritsem.projections.query.ViewReader;
import io.ritsem.projections.store.DeadLetterStore;
import io.ritsem.projections.store.ViewStore;
import io.ritsem.runtime.application.ApplicationModel;
import io.ritsem.runtime.cluster.ClusterReport;
import io.ritsem.runtime.cluster.ClusterReport.Member;
import io.ritsem.runtime.cluster.ClusterReport.Shard;
import io.ritsem.runtime.gateway.CommandGateway;
import io.ritsem.runtime.journal.JournalInfo;
import io.ritsem.runtime.journal.JournalReader;

/** Starts the HTTP API on a free port, without views. Stateless. */
public final class TestHttp {

    private TestHttp() {}

    /** @param overrides lines of configuration below {@code ritsem.http} */
    public static HttpServer start(CommandGateway gateway, ApplicationModel application, String... overrides) {
        return HttpServer.start(settings(overrides), gateway,
                new ViewReader(new NoDatabase(),
                        new JournalReader(new NoDatabase(), new JournalInfo(new UUID(0, 0), 1, 4)),
                        application, new ViewReader.Sources(new NoViews(), new LiveViews(application, 4)),
                        new QuerySettings(4)),
                new Operated(new NothingOperated(application), TestHttp::cluster), application);
    }

    /** @param overrides lines of configuration below {@code ritsem.http} */
    public static HttpSettings settings(String... overrides) {
        return HttpSettings.from(ConfigFactory
                .parseString("ritsem.http { port = 0, drain-timeout = 0s\n" + String.join("\n", overrides) + "\n}")
                .withFallback(ConfigFactory.load()));
    }

    /** Of two, one of which is silent. */
    private static CompletionStage<ClusterReport> cluster() {
        return CompletableFuture.completedFuture(new ClusterReport("akka://ritsem@10.0.0.1:25520",
                List.of(new Member("akka://ritsem@10.0.0.1:25520", "up", true, true, true),
                        new Member("akka://ritsem@10.0.0.2:25520", "up", false, false, false)),
                100,
                List.of(new Shard("7", "akka://ritsem@10.0.0.1:25520", 3L),
                        new Shard("8", "akka://ritsem@10.0.0.1:25520", null))));
    }

    private record NothingOperated(ApplicationModel application) implements OperatedViews {

        @Override public ViewWatch watch() {
            throw new IllegalStateException("There are no views");
        }

        @Override public ViewControl control() {
            throw new IllegalStateException("There are no views");
        }

        @Override public DeadLetters deadLetters() {
            return new DeadLetters(application,
                    new JournalReader(new NoDatabase(), new JournalInfo(new UUID(0, 0), 1, 4)),
                    new DeadLetterStore(new ViewStore(new NoDatabase(), Duration.ofSeconds(1), 1)), List::of);
        }
    }

    private record NoViews() implements ServedViews {

        @Override public Collection<ViewDefinition<?>> definitions() {
            return List.of();
        }

        @Override public Optional<ServedGeneration> served(String view) {
            return Optional.empty();
        }

        @Override public boolean cannotBeBuilt(String view) {
            return false;
        }
    }

    /** Nobody reads a view here. */
    private static final class NoDatabase implements DataSource {

        @Override public Connection getConnection() throws SQLException {
            throw new SQLException("There is no database");
        }

        @Override public Connection getConnection(String username, String password) throws SQLException {
            return getConnection();
        }

        @Override public PrintWriter getLogWriter() {
            return new PrintWriter(System.err, true, java.nio.charset.StandardCharsets.UTF_8);
        }

        @Override public void setLogWriter(PrintWriter out) {}

        @Override public void setLoginTimeout(int seconds) {}

        @Override public int getLoginTimeout() {
            return 0;
        }

        @Override public Logger getParentLogger() throws SQLFeatureNotSupportedException {
            throw new SQLFeatureNotSupportedException();
        }

        @Override public <T> T unwrap(Class<T> iface) throws SQLException {
            throw new SQLException("Nothing to unwrap");
        }

        @Override public boolean isWrapperFor(Class<?> iface) {
            return false;
        }
    }
}
