package io.ritsem.runtime.entity;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;
import javax.sql.DataSource;

import akka.actor.BootstrapSetup;
import akka.actor.setup.ActorSystemSetup;
import akka.actor.testkit.typed.javadsl.TestProbe;
import akka.actor.typed.ActorSystem;
import akka.actor.typed.javadsl.Behaviors;
import akka.cluster.sharding.typed.javadsl.ClusterSharding;
import akka.cluster.sharding.typed.javadsl.EntityTypeKey;
import akka.stream.SystemMaterializer;
import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;

import io.ritsem.domain.Application;
import io.ritsem.postgres.EmbeddedDatabase;
import io.ritsem.runtime.application.ApplicationModel;
import io.ritsem.runtime.application.HostedApplication;
import io.ritsem.runtime.entity.GateMessage.Submit;
import io.ritsem.runtime.gateway.CommandGateway;
import io.ritsem.runtime.gateway.CommandOutcome;
import io.ritsem.runtime.gateway.CommandOutcome.Accepted;
import io.ritsem.runtime.gateway.CommandRequest;
import io.ritsem.runtime.gateway.CommandRequest.Caller;
import io.ritsem.runtime.gateway.CommandRequest.Precondition;
import io.ritsem.runtime.journal.Database;
import io.ritsem.runtime.journal.DatabaseSettings;
import io.ritsem.runtime.journal.DatabaseSetup;
import io.ritsem.runtime.journal.EntityId;
import io.ritsem.runtime.journal.JournalInfo;
import io.ritsem.runtime.journal.JournalLanes;
import io.ritsem.runtime.journal.JournalReader;
import io.ritsem.runtime.journal.SnapshotTable;
import io.ritsem.runtime.sharding.ShardedEntities;
import io.ritsem.runtime.sharding.ShardingSettings;

import static java.nio.charset.StandardCharsets.UTF_8;

/** A node with tills and nothing around it: database, actor system, sharding, gateway. */
final class TestNode implements AutoCloseable {

    private static final Duration PATIENCE = Duration.ofSeconds(20);

    private final String url;
    private final TestClock clock = new TestClock();
    private final ExecutorService blocking = Executors.newVirtualThreadPerTaskExecutor();
    private volatile boolean cutOff;
    private final KeyMemory keys = new KeyMemory(1_000_000);
    private volatile Instant fence = Instant.MAX;
    private Database database;
    private ActorSystem<Void> system;
    private CommandGateway gateway;
    private EntitySnapshots snapshots;
    private JournalInfo info;
    private ApplicationModel application = ApplicationModel.of(new Till.Shop());

    private TestNode(String url) {
        this.url = url;
        open();
        var _ = database.migrate();
        start();
    }

    static TestNode onFreshDatabase() {
        return on(EmbeddedDatabase.shared().createDatabase());
    }

    static TestNode on(String url) {
        return new TestNode(url);
    }

    /** One on the same database that knows nothing of this one. */
    TestNode another() {
        return new TestNode(url);
    }

    private Config config() {
        return ConfigFactory
                .parseString("""
                             ritsem.runtime.database.url = "%s"
                             ritsem.runtime.entity.snapshot-every = 10
                             akka {
                               actor.provider = cluster
                               actor.allow-java-serialization = off
                               remote.artery.canonical { hostname = "127.0.0.1", port = 0 }
                               cluster.downing-provider-class = "akka.cluster.sbr.SplitBrainResolverProvider"
                               cluster.jmx.enabled = off
                               # a cluster of one need not wait for anybody
                               cluster { leader-actions-interval = 50ms, periodic-tasks-initial-delay = 50ms }
                               cluster.sharding.retry-interval = 100ms
                               # ends at once, as a crash would: what the entities do then is what is tried here
                               coordinated-shutdown {
                                 exit-jvm = off, run-by-jvm-shutdown-hook = off, run-by-actor-system-terminate = off
                               }
                               loggers = ["akka.event.slf4j.Slf4jLogger"]
                               loglevel = WARNING
                               log-dead-letters = off
                             }
                             """.formatted(url))
                .withFallback(ConfigFactory.load());
    }

    private void open() {
        database = Database.open(DatabaseSettings.from(config()));
    }

    private void start() {
        Config config = config();
        info = database.check();
        snapshots = new EntitySnapshots(application, new SnapshotTable(database.dataSource()));
        ActorSystemSetup setup = ActorSystemSetup.create(BootstrapSetup.create(config),
                new DatabaseSetup(database.dataSource(), info, () -> fence), new HostedApplication(application),
                snapshots);
        system = ActorSystem.create(Behaviors.empty(), "ritsem", setup);
        var cluster = akka.cluster.typed.Cluster.get(system);
        cluster.manager().tell(akka.cluster.typed.Join.create(cluster.selfMember().address()));
        JournalReader reader = new JournalReader(database.dataSource(), info);
        EntityHost host = new EntityHost(application,
                new EntityHistory(application, reader, snapshots, blocking), new JournalLanes(2),
                EntitySettings.from(config), clock, () -> !cutOff, keys);
        gateway = ShardedEntities.start(system, host, ShardingSettings.from(config));
    }

    private void stop() {
        system.terminate();
        await(system.getWhenTerminated());
        database.close();
    }

    void restart() {
        stop();
        open();
        start();
    }

    /** With another release of the application. */
    void restart(Application release) {
        application = ApplicationModel.of(release);
        restart();
    }

    @Override public void close() {
        stop();
        blocking.close();
    }

    /** How many keys its entities remember. */
    long keysHeld() {
        return keys.held();
    }

    /** Whether it has lost sight of the others. */
    void cutOff(boolean cut) {
        cutOff = cut;
    }

    /** Until when the database stores what it writes. */
    void fence(Instant closesAt) {
        fence = closesAt;
    }

    CommandGateway gateway() {
        return gateway;
    }

    TestClock clock() {
        return clock;
    }

    DataSource dataSource() {
        return database.dataSource();
    }

    JournalInfo info() {
        return info;
    }

    EntitySnapshots entitySnapshots() {
        return snapshots;
    }

    /** One more beside that of the node's own plugin. */
    EntitySnapshotDao snapshotDao() {
        return new EntitySnapshotDao(null, null, null, null, null, SystemMaterializer.get(system).materializer());
    }

    // ---- commands ------------------------------------------------------------------------------------------------

    EntityId id(String till) {
        return new EntityId("till", till);
    }

    Instant deadline() {
        return clock.instant().plus(Duration.ofSeconds(10));
    }

    CommandRequest command(String till, String command, String body) {
        return request(till, command, body, null, Precondition.NONE, false, deadline());
    }

    CommandRequest keyed(String till, String command, String body, String key) {
        return request(till, command, body, key, Precondition.NONE, false, deadline());
    }

    CommandRequest expecting(String till, Precondition precondition) {
        return request(till, "pay", "{\"amount\":\"1\"}", null, precondition, false, deadline());
    }

    CommandRequest dryRun(String till, String command, String body) {
        return request(till, command, body, null, Precondition.NONE, true, deadline());
    }

    CommandRequest keyedDryRun(String till, String command, String body, String key) {
        return request(till, command, body, key, Precondition.NONE, true, deadline());
    }

    CommandRequest due(String till, Duration in) {
        return request(till, "pay", "{\"amount\":\"1\"}", null, Precondition.NONE, false, clock.instant().plus(in));
    }

    private CommandRequest request(String till, String command, String body, String key, Precondition precondition,
            boolean dryRun, Instant deadline) {
        return new CommandRequest(id(till), command, body.getBytes(UTF_8), key, precondition, dryRun, dryRun, deadline,
                Caller.UNKNOWN);
    }

    CommandOutcome outcome(CommandRequest request) {
        return await(gateway.submit(request));
    }

    Accepted accepted(CommandRequest request) {
        CommandOutcome outcome = outcome(request);
        if (outcome instanceof Accepted accepted) {
            return accepted;
        }
        throw new AssertionError("Not accepted: " + outcome);
    }

    /** Tries again while the journal is away, for as long as a test may take. */
    Accepted acceptedInTime(Supplier<CommandRequest> request) {
        Instant end = Instant.now().plus(PATIENCE);
        CommandOutcome outcome = outcome(request.get());
        while (!(outcome instanceof Accepted) && Instant.now().isBefore(end)) {
            outcome = outcome(request.get());
        }
        return (Accepted) outcome;
    }

    <T> T await(CompletionStage<T> stage) {
        try {
            return stage.toCompletableFuture().get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
        } catch (InterruptedException | ExecutionException | TimeoutException failure) {
            throw new AssertionError(failure);
        }
    }

    /** Sends it to the till as another node may. */
    void tell(Submit submit) {
        ClusterSharding.get(system)
                .entityRefFor(EntityTypeKey.create(GateMessage.class, "entity"),
                        submit.request().entity().persistenceId())
                .tell(submit);
    }

    /** Somebody who waits for an answer. */
    TestProbe<CommandOutcome> listener() {
        return TestProbe.create(system);
    }

    // ---- behind its back -----------------------------------------------------------------------------------------

    long count(String till) {
        return sequences(till).size();
    }

    long countAll() {
        return longs("SELECT count(*) FROM ritsem.event_journal").getFirst();
    }

    long snapshots(String till) {
        return longs("SELECT count(*) FROM ritsem.snapshot WHERE persistence_id = 'till|" + till + "'").getFirst();
    }

    List<Long> snapshotSequences(String till) {
        return longs("SELECT sequence_number FROM ritsem.snapshot WHERE persistence_id = 'till|" + till
                + "' ORDER BY sequence_number");
    }

    /** The sequence of the newest up to another, or 0. */
    long newestSnapshot(String till, long upTo) {
        return snapshotSequences(till).stream().filter(sequence -> sequence <= upTo).reduce(0L, Math::max);
    }

    List<Long> sequences(String till) {
        return longs("SELECT sequence_number FROM ritsem.event_journal WHERE persistence_id = 'till|" + till
                + "' ORDER BY sequence_number");
    }

    /** Another node writes an event of this till. */
    void storeBehindItsBack(String till, long sequence, String amount) {
        execute(eventOfAnotherNode(till, sequence, amount));
    }

    /** The same, but has not committed yet. */
    Connection storingBehindItsBack(String till, long sequence, String amount) throws SQLException {
        Connection session = DriverManager.getConnection(url);
        session.setAutoCommit(false);
        try (var statement = session.createStatement()) {
            statement.execute(eventOfAnotherNode(till, sequence, amount));
        }
        return session;
    }

    /** Another node writes many. */
    void storeBehindItsBack(String till, long from, long to) {
        execute("""
                INSERT INTO ritsem.event_journal
                SELECT (jsonb_populate_record(j, jsonb_build_object('sequence_number', n, 'ordering', j.ordering + 1000 + n,
                  'causation', gen_random_uuid()))).*
                FROM ritsem.event_journal j, generate_series(%d, %d) AS n
                WHERE persistence_id = 'till|%s' AND sequence_number = 1
                """
                .formatted(from, to, till));
    }

    private static String eventOfAnotherNode(String till, long sequence, String amount) {
        return """
               INSERT INTO ritsem.event_journal
               SELECT (jsonb_populate_record(j, jsonb_build_object('sequence_number', %d, 'ordering', j.ordering + 1000,
                 'event_payload', '\\x' || encode('{"amount":"%s"}'::bytea, 'hex'), 'causation', gen_random_uuid()))).*
               FROM ritsem.event_journal j WHERE persistence_id = 'till|%s' AND sequence_number = 1
               """
                .formatted(sequence, amount, till);
    }

    /** Ends every connection of the node in the middle of whatever it does. */
    void cutConnections() {
        onServer("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '" + database() + "'");
    }

    void refuseConnections() {
        onServer("ALTER DATABASE \"" + database() + "\" WITH ALLOW_CONNECTIONS false");
        cutConnections();
    }

    void allowConnections() {
        onServer("ALTER DATABASE \"" + database() + "\" WITH ALLOW_CONNECTIONS true");
    }

    private String database() {
        return url.substring(url.lastIndexOf('/') + 1, url.indexOf('?'));
    }

    /** A session that lets nobody write until it rolls back. */
    Connection lockedJournal() throws SQLException {
        return locked("event_journal", "EXCLUSIVE");
    }

    /** A session that lets nobody read until it rolls back. */
    Connection lockedFromReading() throws SQLException {
        return locked("event_journal", "ACCESS EXCLUSIVE");
    }

    Connection locked(String table, String mode) throws SQLException {
        Connection lock = DriverManager.getConnection(url);
        lock.setAutoCommit(false);
        try (var statement = lock.createStatement()) {
            statement.execute("LOCK TABLE ritsem." + table + " IN " + mode + " MODE");
        }
        return lock;
    }

    /** How many statements wait for a lock. */
    long blocked() {
        return longs("""
                     SELECT count(*) FROM pg_stat_activity
                     WHERE datname = current_database() AND wait_event_type = 'Lock'""").getFirst();
    }

    /** How many commits wait for a synchronous standby. */
    long unconfirmed() {
        return longs("SELECT count(*) FROM pg_stat_activity WHERE wait_event = 'SyncRep'").getFirst();
    }

    void execute(String sql) {
        execute(url, sql);
    }

    private void onServer(String sql) {
        execute(url.replace("/" + database() + "?", "/postgres?"), sql);
    }

    private static void execute(String url, String sql) {
        try (Connection connection = DriverManager.getConnection(url);
                var statement = connection.createStatement()) {
            statement.execute(sql);
        } catch (SQLException failure) {
            throw new AssertionError(failure);
        }
    }

    List<String> manifests(String till) {
        return column("SELECT event_ser_manifest FROM ritsem.event_journal WHERE persistence_id = 'till|" + till
                + "' ORDER BY sequence_number");
    }

    private List<Long> longs(String sql) {
        return column(sql).stream().map(Long::valueOf).toList();
    }

    private List<String> column(String sql) {
        try (Connection connection = DriverManager.getConnection(url);
                var statement = connection.createStatement();
                var rows = statement.executeQuery(sql)) {
            List<String> found = new ArrayList<>();
            while (rows.next()) {
                found.add(rows.getString(1));
            }
            return found;
        } catch (SQLException failure) {
            throw new AssertionError(failure);
        }
    }
}
