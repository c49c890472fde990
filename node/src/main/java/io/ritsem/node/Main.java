package io.ritsem.node;

import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.bridge.SLF4JBridgeHandler;

import io.ritsem.runtime.journal.Database;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.Objects.requireNonNull;

/** The process: does what the command line asks for, and ends in order when it is told to. */
public final class Main {

    private static final Logger LOG = LoggerFactory.getLogger(Main.class);
    private static final int FAILED = 1;
    private static final int MISUSED = 2;
    private static final int GIVEN_UP = 255;

    private static final PrintStream OUT = System.out;
    private static final PrintStream ERR = System.err;

    private Main() {}

    /**
     * Exits with 0 after an orderly stop or a finished task, 1 if the node cannot run, 2 if the command line is wrong, 255 if
     * the cluster has given the node up.
     */
    public static void main(String[] arguments) {
        SLF4JBridgeHandler.removeHandlersForRootLogger();
        SLF4JBridgeHandler.install();
        StopOrder process = new StopOrder();
        try {
            carryOut(Order.of(arguments), process);
        } catch (UsageException misused) {
            ERR.println("ritsem: " + misused.getMessage() + "; './ritsem help' tells more");
            System.exit(MISUSED);
        } catch (NodeStartException failure) {
            if (!process.isStopping()) {
                ERR.println("ritsem: " + failure.getMessage());
            }
            System.exit(FAILED);
        } catch (RuntimeException bug) {
            if (!process.isStopping()) {
                LOG.error("This should not happen at start", bug);
                ERR.println("ritsem: the node did not start: " + bug);
            }
            System.exit(FAILED);
        }
    }

    private static void carryOut(Order order, StopOrder process) throws UsageException {
        switch (order) {
            case Order.Help _ -> OUT.print(usage());
            case Order.Migrate _ -> migrate();
            case Order.ExportEvents(Optional<Path> to) ->
                    new EventTransfer(NodeSettings.load(Map.of()), to.isPresent() ? OUT : ERR).export(to);
            case Order.ImportEvents(Path from) -> new EventTransfer(NodeSettings.load(Map.of()), OUT).importFrom(from);
            case Order.ListViews(URI node) -> new ViewsClient(node, OUT).list();
            case Order.ShowCluster(URI node) -> new ClusterClient(node, OUT).show();
            case Order.ViewAction action -> new ViewsClient(action.at().node(), OUT).act(action);
            case Order.OfLetters letters -> new LettersClient(letters.at().node(), OUT).carryOut(letters);
            case Order.Serve(OptionalInt httpPort) -> {
                endInOrder(process);
                NodeProcesses.endWithParent();
                serve(httpPort, process);
            }
            case Order.Dev dev -> {
                endInOrder(process);
                new Development(dev, process, OUT).start();
            }
        }
    }

    private static String usage() {
        try (InputStream text = requireNonNull(Main.class.getResourceAsStream("/ritsem/usage.txt"))) {
            return new String(text.readAllBytes(), UTF_8);
        } catch (IOException damaged) {
            throw new UncheckedIOException(damaged);
        }
    }

    private static void migrate() {
        Database.Migration migration = Node.migrate(NodeSettings.load(Map.of()));
        OUT.println(migration.from() == migration.to()
                ? "The schema is of version %d already".formatted(migration.to())
                : "The schema was migrated from version %d to %d".formatted(migration.from(), migration.to()));
    }

    private static void serve(OptionalInt httpPort, StopOrder process) {
        long started = System.nanoTime();
        Map<String, Object> overrides = new HashMap<>();
        httpPort.ifPresent(port -> overrides.put(NodeSettings.HTTP_PORT, port));
        NodeSettings settings = NodeSettings.load(overrides);
        Node node = process.start("node", () -> new Node(settings, Node.application(), Main::endGivenUp), Node::stop);
        node.start();
        OUT.printf("Ritsem is ready after %.1f s on %s%n", (System.nanoTime() - started) / 1e9, node.address());
    }

    /** The cluster has given the node up: the platform starts another in its place. */
    static void endGivenUp() {
        System.exit(GIVEN_UP);
    }

    /** The first signal stops everything in order; a second one does not wait for that. */
    private static void endInOrder(StopOrder process) {
        Runtime.getRuntime().addShutdownHook(new Thread(process::stop, "ritsem-stop"));
        Signals.install(() -> System.exit(0), process::abandon);
    }
}
