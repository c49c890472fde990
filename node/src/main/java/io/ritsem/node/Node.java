package io.ritsem.node;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

import akka.Done;
import akka.actor.BootstrapSetup;
import akka.actor.CoordinatedShutdown;
import akka.actor.setup.ActorSystemSetup;
import akka.actor.setup.Setup;
import akka.actor.typed.ActorSystem;
import akka.actor.typed.javadsl.Behaviors;
import akka.http.javadsl.model.Uri;
import akka.management.javadsl.AkkaManagement;
import org.jspecify.annotations.Nullable;

import io.ritsem.http.HttpServer;
import io.ritsem.http.HttpServer.Operated;
import io.ritsem.http.server.HttpSettings;
import io.ritsem.http.server.PortTakenException;
import io.ritsem.node.ClusterSettings.Formation;
import io.ritsem.projections.Projections;
import io.ritsem.projections.query.ViewReader;
import io.ritsem.runtime.application.ApplicationModel;
import io.ritsem.runtime.application.HostedApplication;
import io.ritsem.runtime.cluster.GivenUp;
import io.ritsem.runtime.cluster.MajorityLease;
import io.ritsem.runtime.cluster.OtherClusters;
import io.ritsem.runtime.cluster.Peers;
import io.ritsem.runtime.cluster.Peers.DatabaseContact;
import io.ritsem.runtime.entity.EntityHistory;
import io.ritsem.runtime.entity.EntityHost;
import io.ritsem.runtime.entity.EntitySnapshots;
import io.ritsem.runtime.gateway.CommandGateway;
import io.ritsem.runtime.journal.Database;
import io.ritsem.runtime.journal.DatabaseSetup;
import io.ritsem.runtime.journal.DatabaseUnreachableException;
import io.ritsem.runtime.journal.EventTypes;
import io.ritsem.runtime.journal.JournalInfo;
import io.ritsem.runtime.journal.JournalLanes;
import io.ritsem.runtime.journal.JournalReader;
import io.ritsem.runtime.journal.NodeHeartbeat;
import io.ritsem.runtime.journal.SchemaException;
import io.ritsem.runtime.journal.SnapshotTable;
import io.ritsem.runtime.sharding.ShardOverview;
import io.ritsem.runtime.sharding.ShardedEntities;

/**
 * Thread-safe: started by one thread, stopped by any, also while it starts. A node: the rooms in the order in which they
 * need each other, and back.
 */
final class Node {

    /** Building the views of a large journal takes its time, which the person who waits sees passing. */
    private static final Duration TO_BUILD_VIEWS = Duration.ofDays(7);

    private static final Duration LOOK_FOR_OTHERS = Duration.ofSeconds(10);
    private static final Duration TO_TERMINATE = Duration.ofSeconds(5);

    private final NodeSettings settings;
    private final ApplicationModel application;
    private final Runnable givenUp;
    /** Below the actor system, and itself. */
    private final StopOrder base = new StopOrder();
    /** What must have stopped before the actor system, whoever ends that. */
    private final StopOrder edge = new StopOrder();
    private final MajorityLease lease = new MajorityLease();
    private volatile String address = "";
    private volatile String management = "";
    private volatile boolean serving;
    private volatile long stopBy;
    private volatile @Nullable Membership membership;

    /** @param givenUp what is done when the cluster has given the node up, which is of no more use then */
    Node(NodeSettings settings, ApplicationModel application, Runnable givenUp) {
        this.settings = settings;
        this.application = application;
        this.givenUp = givenUp;
    }

    /**
     * The applications on the class path.
     *
     * @throws NodeStartException if there is none, or one that cannot be served
     */
    static ApplicationModel application() {
        try {
            ApplicationModel application = ApplicationModel.load();
            Projections.requireServable(application);
            return application;
        } catch (IllegalStateException none) {
            throw new NodeStartException(none);
        } catch (IllegalArgumentException wrong) {
            throw new NodeStartException("The application cannot be served: " + wrong.getMessage(), wrong);
        }
    }

    /**
     * Looks for the port before anything else is started, which would be in vain. Whoever takes it later is found out, too.
     *
     * @throws NodeStartException if another process listens on it
     */
    static void requireFreePort(HttpSettings http) {
        try (ServerSocketChannel probe = ServerSocketChannel.open()) {
            probe.bind(new InetSocketAddress(http.host(), http.port()));
        } catch (IOException taken) {
            throw portTaken(http, taken);
        }
    }

    private static NodeStartException portTaken(HttpSettings http, Exception why) {
        return new NodeStartException(("Port %d of %s is taken, or not open to this user: stop who has it, or choose "
                + "another port with --http-port (RITSEM_HTTP_PORT)").formatted(http.port(), http.host()), why);
    }

    /** Brings the schema to this version. */
    static Database.Migration migrate(NodeSettings settings) {
        try (Database database = Database.open(settings.database())) {
            return database.migrate();
        } catch (DatabaseUnreachableException | SchemaException wrong) {
            throw new NodeStartException(wrong);
        }
    }

    /**
     * Returns when commands and queries are served.
     *
     * @throws NodeStartException if that cannot be; what had been started is stopped
     */
    void start() {
        try {
            startParts();
        } catch (DatabaseUnreachableException | SchemaException wrong) {
            stop();
            throw new NodeStartException(wrong);
        } catch (RuntimeException | Error failure) {
            stop();
            throw failure;
        }
    }

    private void startParts() {
        requireFreePort(settings.http());
        Database database = base.start("database", () -> Database.open(settings.database()), Database::close);
        JournalInfo journal = database.check();
        NodeHeartbeat heartbeat = heartbeat(database);
        // below the actor system: entities read back what they stored as long as there are entities
        ExecutorService blocking = base.start("readers", Executors::newVirtualThreadPerTaskExecutor,
                ExecutorService::shutdown);

        EntitySnapshots snapshots = new EntitySnapshots(application, new SnapshotTable(database.dataSource()));
        ActorSystem<Void> system = cluster(journal, new DatabaseSetup(database.dataSource(), journal,
                () -> heartbeat.databaseTime(lease.heldUntil())), snapshots, heartbeat);

        JournalReader reader = new JournalReader(database.dataSource(), journal);
        EntityHistory history = new EntityHistory(application, reader, snapshots, blocking);
        // before the node is a member: where shards are is stored with an answer of every one, also of one that has just come
        CommandGateway gateway = ShardedEntities.start(system, host(history), settings.gateway());
        join(system);
        edge.start("other clusters", () -> OtherClusters.watch(system, heartbeat, LOOK_FOR_OTHERS),
                OtherClusters::close);
        edge.start("given up", () -> GivenUp.watch(system, lease, heartbeat.members()), GivenUp::close);

        Projections projections = edge.start("projections", () -> projections(system, database, reader),
                Projections::close);
        ViewReader views = new ViewReader(database.dataSource(), reader, application,
                new ViewReader.Sources(projections.views(), projections.live()),
                settings.projections().query());

        Operated operated = new Operated(projections, ShardOverview.of(system));
        HttpServer http = edge.start("HTTP", () -> http(gateway, views, operated), HttpServer::stop);
        address = "http://%s:%d".formatted(settings.http().host(), http.port());
        // served already, but not ready: whoever asks this very node sees how far the views are
        await(projections.ready(), TO_BUILD_VIEWS, "build the views");
        serving = true;
    }

    private NodeHeartbeat heartbeat(Database database) {
        NodeHeartbeat heartbeat = base.start("heartbeat",
                () -> NodeHeartbeat.start(database, process(), application),
                NodeHeartbeat::close);
        // in this order: from its first beat on no other node stores what could not be read here
        new EventTypes(database).requireReadable(application);
        return heartbeat;
    }

    private ActorSystem<Void> cluster(JournalInfo journal, DatabaseSetup database, EntitySnapshots snapshots,
            NodeHeartbeat heartbeat) {
        Readiness.Answer readiness = new Readiness.Answer(
                () -> isServing() && lease.isHeld() && heartbeat.hasWrittenLately());
        FirstMember.Right first = new FirstMember.Right(
                system -> OtherClusters.claimFirst(system, heartbeat));
        ActorSystem<Void> system = base.start("cluster",
                () -> actorSystem(journal, database, snapshots, readiness, first),
                this::terminate);
        management = base.start("management", () -> management(system), _ -> closeManagement(system));
        heartbeat.runsAs(Peers.nameOfThis(system));
        Peers.watch(system, lease, members -> contact(heartbeat, members));
        return system;
    }

    /** Who is alone goes on speaking while the database is away: it has no others that might go on without it. */
    private DatabaseContact contact(NodeHeartbeat heartbeat, Set<String> members) {
        heartbeat.sees(members);
        boolean alone = settings.cluster().formation() == Formation.ALONE;
        return new DatabaseContact(heartbeat.writingFor(), heartbeat.failingFor(),
                alone ? Duration.ZERO : heartbeat.untoldFor(), !alone && heartbeat.isInDoubt(),
                heartbeat.isGivenUp());
    }

    private EntityHost host(EntityHistory history) {
        return new EntityHost(application, history, new JournalLanes(settings.journal().lanes()), settings.entities(),
                Clock.systemUTC(), lease::isHeld);
    }

    private ActorSystem<Void> actorSystem(JournalInfo journal, Setup... setups) {
        ActorSystem<Void> system = ActorSystem.create(Behaviors.empty(), "ritsem",
                ActorSystemSetup.create(setups)
                        .withSetup(BootstrapSetup.create(SameJournal.is(journal).withFallback(settings.config())))
                        .withSetup(new HostedApplication(application)));
        CoordinatedShutdown.get(system)
                .addTask(CoordinatedShutdown.PhaseServiceUnbind(), "edge",
                        () -> CompletableFuture.supplyAsync(() -> {
                            serving = false;
                            edge.stop();
                            return Done.getInstance();
                        }, task -> Thread.ofVirtual().name("ritsem-edge-stop").start(task)));
        CoordinatedShutdown.get(system)
                .addTask(CoordinatedShutdown.PhaseActorSystemTerminate(), "given-up", () -> {
                    Thread.ofPlatform().name("ritsem-given-up").start(() -> sayGivenUp(system));
                    return CompletableFuture.completedFuture(Done.getInstance());
                });
        return system;
    }

    /**
     * The cluster has given this node up, unless it was asked to stop. It waits for Akka, but not as long as that may take
     * with a connection to somebody whom it cannot reach.
     */
    private void sayGivenUp(ActorSystem<Void> system) {
        try {
            system.getWhenTerminated().toCompletableFuture().get(TO_TERMINATE.toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException | ExecutionException late) {
            system.log().debug("The actor system has not ended within {}", TO_TERMINATE, late);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
        if (!base.isStopping()) {
            givenUp.run();
        }
    }

    private String management(ActorSystem<?> system) {
        CompletableFuture<Uri> bound = AkkaManagement.get(system).start().toCompletableFuture();
        await(bound, settings.startWithin(), "open its management port (RITSEM_MANAGEMENT_PORT)");
        Uri uri = bound.resultNow();
        return "http://%s:%d".formatted(uri.getHost().address(), uri.port());
    }

    private void closeManagement(ActorSystem<?> system)
            throws InterruptedException, ExecutionException, TimeoutException {
        if (!system.getWhenTerminated().toCompletableFuture().isDone()) {
            awaitStopped(AkkaManagement.get(system).stop());
        }
    }

    private boolean isServing() {
        Membership member = membership;
        return serving && member != null && member.isUp();
    }

    private static String process() {
        return "%s/%d".formatted(System.getenv().getOrDefault("HOSTNAME", "localhost"), ProcessHandle.current().pid());
    }

    private void join(ActorSystem<Void> system) {
        ClusterSettings cluster = settings.cluster();
        Membership joining = Membership.join(system, cluster.formation());
        Duration limit = cluster.formation() == Formation.ALONE ? settings.startWithin() : cluster.formWithin();
        await(joining.up(), limit, "join the cluster (%s)".formatted(cluster.sought()));
        membership = joining;
    }

    private Projections projections(ActorSystem<?> system, Database database, JournalReader reader) {
        try {
            return Projections.start(system, database.dataSource(), reader, application, settings.projections());
        } catch (SQLException failure) {
            throw new NodeStartException("The tables of the views cannot be made: " + failure.getMessage(), failure);
        } catch (IllegalArgumentException wrong) {
            throw new NodeStartException("A view cannot be served: " + wrong.getMessage(), wrong);
        }
    }

    private HttpServer http(CommandGateway gateway, ViewReader views, Operated operated) {
        try {
            return HttpServer.start(settings.http(), gateway, views, operated, application);
        } catch (PortTakenException taken) {
            throw portTaken(settings.http(), taken);
        }
    }

    /** Or its last phase has given up waiting for that. */
    private void terminate(ActorSystem<Void> system) throws InterruptedException, ExecutionException, TimeoutException {
        CompletionStage<Done> phases = CoordinatedShutdown.get(system).runAll(CoordinatedShutdown.jvmExitReason());
        awaitStopped(CompletableFuture.anyOf(phases.toCompletableFuture(),
                system.getWhenTerminated().toCompletableFuture()));
    }

    private void awaitStopped(CompletionStage<?> part)
            throws InterruptedException, ExecutionException, TimeoutException {
        part.toCompletableFuture().get(Math.max(0, stopBy - System.nanoTime()), TimeUnit.NANOSECONDS);
    }

    /** Where the API is, such as {@code http://127.0.0.1:8080}; empty before {@link #start} has come so far. */
    String address() {
        return address;
    }

    /** Where health is told, such as {@code http://127.0.0.1:8558}; empty before {@link #start} has come so far. */
    String management() {
        return management;
    }

    /** Refuses new requests, finishes what is begun, gives everything back; returns when that is done or time is up. */
    void stop() {
        serving = false;
        stopBy = System.nanoTime() + settings.stopWithin().toNanos();
        base.stop();
    }

    private void await(CompletionStage<?> condition, Duration limit, String what) {
        try {
            CompletableFuture.anyOf(condition.toCompletableFuture(), base.stopping().toCompletableFuture())
                    .get(limit.toMillis(), TimeUnit.MILLISECONDS);
            if (base.isStopping()) {
                throw new NodeStartException("The node was stopped while it was starting");
            }
        } catch (TimeoutException late) {
            throw new NodeStartException("The node could not %s within %s".formatted(what, limit), late);
        } catch (ExecutionException failure) {
            throw new NodeStartException("The node could not %s: %s".formatted(what, failure.getCause()), failure);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new NodeStartException("The node was interrupted while it was starting", interrupted);
        }
    }
}
