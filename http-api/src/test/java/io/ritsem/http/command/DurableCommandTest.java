package io.ritsem.http.command;

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
import org.junit.jupiter.api.AfterAll;

import io.ritsem.postgres.EmbeddedDatabase;
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
import io.ritsem.runtime.journal.SnapshotTable;
import io.ritsem.runtime.journal.WriteFence;
import io.ritsem.runtime.sharding.ShardedEntities;
import io.ritsem.runtime.sharding.ShardingSettings;

/** The contract, kept by the runtime itself: sharded entities on a journal in PostgreSQL. */
class DurableCommandTest extends CommandContract {

    private static final long PATIENCE_SECONDS = 20;

    private final ExecutorService blocking = Executors.newVirtualThreadPerTaskExecutor();
    private Database database;
    private ActorSystem<Void> system;

    @Override protected CommandGateway gateway(ApplicationModel application) {
        Config config = config(EmbeddedDatabase.shared().createDatabase());
        database = Database.open(DatabaseSettings.from(config));
        var _ = database.migrate();
        JournalInfo journal = database.check();
        EntitySnapshots snapshots = new EntitySnapshots(application, new SnapshotTable(database.dataSource()));
        system = ActorSystem.create(Behaviors.empty(), "ritsem",
                ActorSystemSetup.create(BootstrapSetup.create(config),
                        new DatabaseSetup(database.dataSource(), journal, WriteFence.NONE),
                        new HostedApplication(application),
                        snapshots));
        Cluster cluster = Cluster.get(system);
        cluster.manager().tell(Join.create(cluster.selfMember().address()));
        EntityHistory history = new EntityHistory(application, new JournalReader(database.dataSource(), journal),
                snapshots, blocking);
        return ShardedEntities.start(system, new EntityHost(application, history, new JournalLanes(2),
                EntitySettings.from(config), Clock.systemUTC(), () -> true), ShardingSettings.from(config));
    }

    private static Config config(String url) {
        return ConfigFactory.parseString("""
                                         ritsem.runtime.database.url = "%s"
                                         akka {
                                           actor.provider = cluster
                                           actor.allow-java-serialization = off
                                           remote.artery.canonical { hostname = "127.0.0.1", port = 0 }
                                           cluster.jmx.enabled = off
                                           coordinated-shutdown { exit-jvm = off, run-by-jvm-shutdown-hook = off }
                                           loggers = ["akka.event.slf4j.Slf4jLogger"]
                                           loglevel = WARNING
                                           log-dead-letters = off
                                         }
                                         """.formatted(url)).withFallback(ConfigFactory.load());
    }

    @AfterAll void stopRuntime() throws Exception {
        system.terminate();
        system.getWhenTerminated().toCompletableFuture().get(PATIENCE_SECONDS, TimeUnit.SECONDS);
        database.close();
        blocking.close();
    }
}
