package io.ritsem.node;

import java.io.PrintStream;
import java.nio.file.Path;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.stream.Stream;

import io.ritsem.http.server.HttpSettings;
import io.ritsem.postgres.EmbeddedDatabase;
import io.ritsem.postgres.EmbeddedDatabaseException;
import io.ritsem.runtime.application.ApplicationModel;
import io.ritsem.runtime.journal.Database;
import io.ritsem.runtime.journal.DatabaseUnreachableException;
import io.ritsem.runtime.journal.EventTypes;
import io.ritsem.runtime.journal.SchemaException;

import static java.util.stream.Collectors.joining;

/**
 * Confined to the thread that starts it. One node, or several that form a cluster, with a PostgreSQL of their own, for a
 * person at a terminal. The only class here that knows the embedded PostgreSQL, which an image leaves out.
 */
final class Development {

    private final Order.Dev order;
    private final StopOrder process;
    private final PrintStream out;
    private final Path folder;
    private final long started = System.nanoTime();

    Development(Order.Dev order, StopOrder process, PrintStream out) {
        this.order = order;
        this.process = process;
        this.out = out;
        this.folder = order.data().toAbsolutePath().normalize();
    }

    void start() {
        ApplicationModel application = Node.application();
        Map<String, Object> overrides = new HashMap<>();
        overrides.put(NodeSettings.MANAGEMENT_PORT, 0);
        order.httpPort().ifPresent(port -> overrides.put(NodeSettings.HTTP_PORT, port));
        HttpSettings http = NodeSettings.loadHttp(overrides);
        if (order.nodes() == 1) {
            Node.requireFreePort(http);
        } else {
            NodeProcesses.requireFree(order.nodes(), http.port());
        }
        EmbeddedDatabase database = database();
        overrides.put("ritsem.runtime.database.url", database.jdbcUrl());
        NodeSettings settings = NodeSettings.load(overrides);
        migrate(settings);
        requireReadable(settings, application);
        if (order.nodes() == 1) {
            startNode(settings, database, application);
        } else {
            startNodes(http.port(), database, application);
        }
        process.start("farewell", () -> this, _ -> say("Stopping ..."));
    }

    private void startNode(NodeSettings settings, EmbeddedDatabase database, ApplicationModel application) {
        say("Starting the node ...");
        Node node = process.start("node", () -> new Node(settings, application, Main::endGivenUp), Node::stop);
        node.start();
        tell(node.address(), "  health     %s/ready".formatted(node.management()), database, application);
    }

    private void startNodes(int httpPort, EmbeddedDatabase database, ApplicationModel application) {
        say("Starting %d nodes ...".formatted(order.nodes()));
        NodeProcesses nodes = process.start("nodes",
                () -> new NodeProcesses(order.nodes(), httpPort, database.jdbcUrl(), out), NodeProcesses::stop);
        nodes.start();
        String address = nodes.addresses().getFirst();
        tell(address, Stream.concat(Stream.of("  cluster    ./ritsem cluster --url " + address),
                nodes.described().stream().map("  "::concat)).collect(joining("\n")), database, application);
    }

    private EmbeddedDatabase database() {
        try {
            return database(folder.resolve("postgres"));
        } catch (EmbeddedDatabaseException failure) {
            throw new NodeStartException(
                    "No database could be started in the folder of --data: " + failure.getMessage(), failure);
        }
    }

    private EmbeddedDatabase database(Path data) {
        if (order.fresh()) {
            EmbeddedDatabase.delete(data);
        }
        say("Starting PostgreSQL 18 in " + data + " ...");
        EmbeddedDatabase database = process.start("PostgreSQL", () -> EmbeddedDatabase.at(data),
                EmbeddedDatabase::close);
        process.whenAbandoned(database::stopNow);
        return database;
    }

    private void migrate(NodeSettings settings) {
        Database.Migration migration = Node.migrate(settings);
        if (migration.from() != migration.to()) {
            say("Migrated the schema from version %d to %d".formatted(migration.from(), migration.to()));
        }
    }

    /** As each node does, but before any is started, and with the ways out that there are in development only. */
    private void requireReadable(NodeSettings settings, ApplicationModel application) {
        try (Database database = Database.open(settings.database())) {
            new EventTypes(database).requireReadable(application);
        } catch (DatabaseUnreachableException away) {
            throw new NodeStartException(away);
        } catch (SchemaException unreadable) {
            throw new NodeStartException(("%s; or, if %s has the data of another application, name another folder with "
                    + "--data DIR; --fresh deletes the data").formatted(unreadable.getMessage(), folder), unreadable);
        }
    }

    private void tell(String address, String more, EmbeddedDatabase database, ApplicationModel application) {
        out.printf("""

                   Ritsem is ready after %.1f s.

                     API        %s/api
                     reference  %s/docs
                     OpenAPI    %s/openapi.json
                   %s
                     database   %s
                                psql -h 127.0.0.1 -p %d -U postgres postgres
                     data       %s
                                starts over with: %s --fresh

                   Try (the id is new at each start; the values are made up, and the application may refuse them):

                   %s

                   Ctrl-C stops.
                   %n""", (System.nanoTime() - started) / 1e9,
                address, address, address, more,
                database.jdbcUrl(), database.port(), folder, order.again(),
                String.join("\n", Tour.of(application, address, newId()).stream().map("  "::concat).toList()));
        out.flush();
    }

    /** One that no earlier start has used, short enough to be typed: the seconds since 1970 with 36 digits. */
    private static String newId() {
        return "try-" + Long.toString(Instant.now().getEpochSecond(), Character.MAX_RADIX);
    }

    private void say(String what) {
        out.println(what);
        out.flush();
    }
}
