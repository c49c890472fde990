package io.ritsem.bench;

import java.time.Clock;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;

import akka.actor.BootstrapSetup;
import akka.actor.setup.ActorSystemSetup;
import akka.actor.typed.ActorSystem;
import akka.actor.typed.javadsl.Behaviors;
import akka.cluster.typed.Cluster;
import akka.cluster.typed.Join;
import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;

import io.ritsem.runtime.application.ApplicationModel;
import io.ritsem.runtime.application.HostedApplication;
import io.ritsem.runtime.entity.EntityHistory;
import io.ritsem.runtime.entity.EntityHost;
import io.ritsem.runtime.entity.EntitySettings;
import io.ritsem.runtime.entity.EntitySnapshots;
import io.ritsem.runtime.gateway.CommandGateway;
import io.ritsem.runtime.journal.Database;
import io.ritsem.runtime.journal.DatabaseSettings;
import io.ritsem.runtime.journal.DatabaseSetup;
import io.ritsem.runtime.journal.JournalInfo;
import io.ritsem.runtime.journal.JournalLanes;
import io.ritsem.runtime.journal.JournalReader;
import io.ritsem.runtime.journal.JournalSettings;
import io.ritsem.runtime.journal.SnapshotTable;
import io.ritsem.runtime.journal.WriteFence;
import io.ritsem.runtime.sharding.ShardedEntities;
import io.ritsem.runtime.sharding.ShardingSettings;
import bank.Account;

/** The write side of a node in this process, configured as a node's, without HTTP and views. Confined to its caller. */
final class WriteSide implements AutoCloseable {

    private static final int TO_END_SECONDS = 30;

    private final Database database;
    private final ExecutorService blocking = Executors.newVirtualThreadPerTaskExecutor();
    private final ActorSystem<Void> system;
    private final CommandGateway gateway;

    /** On a new database, which it migrates. */
    WriteSide(String url) {
        Config config = ConfigFactory.parseString("ritsem.runtime.database.url = \"" + url + "\"")
                .withFallback(ConfigFactory.load());
        database = Database.open(DatabaseSettings.from(config));
        var _ = database.migrate();
        JournalInfo info = database.check();
        ApplicationModel application = ApplicationModel.of(app -> app.entity("account", new Account()));
        EntitySnapshots snapshots = new EntitySnapshots(application, new SnapshotTable(database.dataSource()));
        system = ActorSystem.create(Behaviors.empty(), "ritsem",
                ActorSystemSetup.create(BootstrapSetup.create(config),
                        new DatabaseSetup(database.dataSource(), info, WriteFence.NONE),
                        new HostedApplication(application), snapshots));
        EntityHistory history = new EntityHistory(application, new JournalReader(database.dataSource(), info),
                snapshots, blocking);
        gateway = ShardedEntities.start(system, new EntityHost(application, history,
                new JournalLanes(JournalSettings.from(config).lanes()), EntitySettings.from(config), Clock.systemUTC(),
                () -> true), ShardingSettings.from(config));
        Cluster cluster = Cluster.get(system);
        cluster.manager().tell(Join.create(cluster.selfMember().address()));
    }

    CommandGateway gateway() {
        return gateway;
    }

    @Override public void close() {
        system.terminate();
        system.getWhenTerminated().toCompletableFuture().orTimeout(TO_END_SECONDS, TimeUnit.SECONDS).join();
        blocking.close();
        database.close();
    }
}
