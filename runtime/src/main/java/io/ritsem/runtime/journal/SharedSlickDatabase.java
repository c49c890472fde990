package io.ritsem.runtime.journal;

import akka.actor.ActorSystem;
import akka.persistence.jdbc.db.SlickDatabase;
import akka.persistence.jdbc.db.SlickDatabaseProvider;
import com.typesafe.config.Config;
import scala.Option;
import slick.jdbc.JdbcBackend;
import slick.jdbc.JdbcProfile;
import slick.jdbc.PostgresProfile$;
import slick.util.AsyncExecutor$;

/**
 * Makes the plugins, which speak Slick, use the node's one pool, which they must not close. Created by the plugin, once
 * per actor system; thread-safe.
 */
final class SharedSlickDatabase implements SlickDatabaseProvider {

    private static final int THREADS = 4;
    private static final int QUEUE = 10_000;

    private final Shared database;

    /** Called by the plugin. */
    SharedSlickDatabase(ActorSystem system) {
        database = new Shared(PostgresProfile$.MODULE$.backend()
                .Database()
                .forDataSource(
                        DatabaseSetup.of(system).dataSource(), Option.apply(THREADS),
                        AsyncExecutor$.MODULE$.apply("ritsem-slick", THREADS, THREADS, QUEUE, THREADS), false));
    }

    @Override public SlickDatabase database(Config config) {
        return database;
    }

    private record Shared(JdbcBackend.DatabaseDef database) implements SlickDatabase {

        @Override public JdbcProfile profile() {
            return PostgresProfile$.MODULE$;
        }

        @Override public boolean allowShutdown() {
            return false;
        }
    }
}
