package io.ritsem.projections;

import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;
import javax.sql.DataSource;

import akka.Done;
import akka.actor.Address;
import akka.actor.typed.ActorSystem;
import akka.stream.Materializer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import io.ritsem.projections.engine.DeadLetters;
import io.ritsem.projections.engine.EngineParts;
import io.ritsem.projections.engine.KnownViews;
import io.ritsem.projections.engine.Leases;
import io.ritsem.projections.engine.OperatedViews;
import io.ritsem.projections.engine.Slice;
import io.ritsem.projections.engine.ViewControl;
import io.ritsem.projections.engine.ViewHost;
import io.ritsem.projections.engine.ViewStatus;
import io.ritsem.projections.engine.ViewWatch;
import io.ritsem.projections.live.LiveViews;
import io.ritsem.projections.store.AuditLog;
import io.ritsem.projections.store.DeadLetterStore;
import io.ritsem.projections.store.GenerationCleanUp;
import io.ritsem.projections.store.GenerationDiff;
import io.ritsem.projections.store.GenerationSwitch;
import io.ritsem.projections.store.Generations;
import io.ritsem.projections.store.LeaseStore;
import io.ritsem.projections.store.ViewCensus;
import io.ritsem.projections.store.ViewOperations;
import io.ritsem.projections.store.ViewStore;
import io.ritsem.projections.store.ViewVersion;
import io.ritsem.projections.tail.JournalTail;
import io.ritsem.runtime.application.ApplicationModel;
import io.ritsem.runtime.journal.JournalBacklog;
import io.ritsem.runtime.journal.JournalNudge;
import io.ritsem.runtime.journal.JournalReader;

/** A node's projections: leases, the tail, and every view at work. Thread-safe. */
public final class Projections implements OperatedViews, AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(Projections.class);
    private static final Duration TO_STOP = Duration.ofSeconds(10);

    private final ExecutorService executor = Executors
            .newCachedThreadPool(Thread.ofPlatform().name("ritsem-projections-", 0).daemon().factory());
    private final Leases leases;
    private final ViewHost host;
    private final ViewControl control;
    private final ViewWatch watch;
    private final LiveViews live;
    private final JournalTail.Running tail;
    private final DeadLetters deadLetters;
    private final AtomicBoolean closed = new AtomicBoolean();

    private Projections(ActorSystem<?> system, JournalReader journal, ApplicationModel application, Start start)
            throws SQLException {
        ProjectionSettings settings = start.settings();
        DataSource dataSource = start.dataSource();
        leases = new Leases(new LeaseStore(dataSource, nodeName(system), settings.lease()),
                journal.info().partitions());
        live = new LiveViews(application, journal.info().partitions());
        JournalTail follower = new JournalTail(journal, this::neededPartitions, settings.tail(), executor);
        GenerationSwitch generationSwitch = new GenerationSwitch(dataSource, settings.lease());
        EngineParts parts = new EngineParts(application, journal,
                new ViewStore(dataSource, settings.lease(), settings.engine().connections()),
                generationSwitch, new GenerationCleanUp(dataSource, settings.generations()), leases,
                follower, executor, settings.engine());
        Materializer materializer = Materializer.createMaterializer(system);
        host = new ViewHost(start.generations(), start.versions(), parts, materializer);
        control = new ViewControl(host, new ViewOperations(dataSource, start.generations(), generationSwitch),
                new GenerationDiff(dataSource), new AuditLog(dataSource), settings.lease());
        deadLetters = new DeadLetters(application, journal, new DeadLetterStore(parts.store()), host.views()::tables);
        host.start(settings.lease());
        watch = new ViewWatch(new ViewCensus(dataSource), new JournalBacklog(dataSource), journal, host.views());
        watch.start();
        tail = follower.run(new Audience(host, live), materializer);
        JournalNudge.of(system).subscribe(follower::wake);
    }

    private record Start(DataSource dataSource, ProjectionSettings settings, Generations generations,
            List<ViewVersion> versions) {}

    /** Who reads live must be told of all of them, whoever moves the cursors. */
    private Set<Integer> neededPartitions() {
        Set<Integer> forReaders = live.needed();
        return forReaders.isEmpty() ? leases.partitions() : forReaders;
    }

    private record Audience(ViewHost host, LiveViews live) implements JournalTail.Audience {

        @Override public void notice(Slice slice) {
            host.notice(slice);
        }

        @Override public void offer(Slice slice) {
            host.offer(slice);
            live.offer(slice);
        }

        @Override public void failed() {
            host.doubt();
            live.failed();
        }
    }

    /**
     * Looks at the views before a database is touched.
     *
     * @throws IllegalArgumentException if a view cannot be kept in a table; it says why
     */
    public static void requireServable(ApplicationModel application) {
        var _ = versions(application);
    }

    private static List<ViewVersion> versions(ApplicationModel application) {
        return application.views().stream().<ViewVersion>map(ViewVersion::of).toList();
    }

    /**
     * Makes the tables that are missing and starts all views. Those that are new or changed are built from the journal's
     * start: wait for {@link #ready} before letting anyone read.
     *
     * @param dataSource the pool of the database that has been migrated
     * @throws IllegalArgumentException if a view cannot be kept in a table; it says why
     * @throws SQLException if the database does not answer
     */
    public static Projections start(ActorSystem<?> system, DataSource dataSource, JournalReader journal,
            ApplicationModel application, ProjectionSettings settings) throws SQLException {
        Generations generations = new Generations(dataSource, journal.info().epoch(), journal.info().partitions());
        List<ViewVersion> versions = versions(application);
        for (ViewVersion version : versions) {
            generations.prepare(version, settings.generations().rate());
        }
        return new Projections(system, journal, application, new Start(dataSource, settings, generations, versions));
    }

    /** A name under which only one process can run at a time, so that its next run may take over at once. */
    private static String nodeName(ActorSystem<?> system) {
        Address address = system.address();
        return address.hasGlobalScope() ? address.hostPort() : UUID.randomUUID().toString();
    }

    /**
     * Completes when every view may be read. One that cannot be built is waited for only as long as nodes of another version
     * of the application serve it.
     */
    public CompletionStage<Done> ready() {
        return host.ready();
    }

    /** The views with their generations. */
    public KnownViews views() {
        return host.views();
    }

    @Override public ViewControl control() {
        return control;
    }

    @Override public ViewWatch watch() {
        return watch;
    }

    /** What feeds those who read views live. */
    public LiveViews live() {
        return live;
    }

    @Override public DeadLetters deadLetters() {
        return deadLetters;
    }

    /** How the views are doing on this node. */
    public List<ViewStatus> status() {
        return host.views().status();
    }

    /** Finishes what is begun, then gives the leases back. */
    @Override public void close() {
        if (closed.getAndSet(true)) {
            return;
        }
        watch.close();
        live.close();
        tail.kill().shutdown();
        CompletableFuture<?>[] ends = Stream
                .concat(Stream.of(tail.ended()), host.stop().stream())
                .map(CompletionStage::toCompletableFuture)
                .toArray(CompletableFuture[]::new);
        try {
            CompletableFuture.allOf(ends).get(TO_STOP.toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException | ExecutionException e) {
            LOG.warn("A view did not finish within {}: its leases are given back all the same", TO_STOP, e);
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
        leases.close();
        executor.shutdown();
    }
}
