package io.ritsem.node;

import java.net.URI;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Queue;

import org.jspecify.annotations.Nullable;

/** What the command line asks for. Immutable. */
sealed interface Order {

    /**
     * @param nodes how many, of one cluster
     * @param again the command line, but for the port, that does the same with the same data once more
     */
    record Dev(OptionalInt httpPort, Path data, boolean fresh, int nodes, String again) implements Order {

        private static final int MOST_NODES = 9;

        private static int nodes(String value) throws UsageException {
            if (!value.matches("[1-" + MOST_NODES + "]")) {
                throw new UsageException("--nodes must be from 1 to %d, but is '%s'".formatted(MOST_NODES, value));
            }
            return Integer.parseInt(value);
        }
    }

    record Serve(OptionalInt httpPort) implements Order {}

    record Migrate() implements Order {}

    /** Without a file, to the standard output. */
    record ExportEvents(Optional<Path> to) implements Order {}

    record ImportEvents(Path from) implements Order {}

    /** @param node where its API is */
    record ListViews(URI node) implements Order {}

    /** @param node where its API is */
    record ShowCluster(URI node) implements Order {}

    /** @param action as in the path of the API */
    record ViewAction(ListViews at, String action, String view, String reason, Build build) implements Order {}

    /**
     * How a view is to be built.
     *
     * @param rate from how many events a second at most
     * @param manual whether it then waits for an order to serve
     */
    record Build(OptionalInt rate, boolean manual) {}

    /** Something about the dead letters of a view. */
    sealed interface OfLetters extends Order {

        ListViews at();

        String view();
    }

    record ListLetters(ListViews at, String view) implements OfLetters {}

    record ShowLetters(ListViews at, String view, LetterKey key) implements OfLetters {}

    /** @param action as in the path of the API */
    record MendLetters(ListViews at, String action, String view, LetterKey key, String reason) implements OfLetters {}

    record RetryAllLetters(ListViews at, String view, String reason) implements OfLetters {}

    /**
     * What dead letters belong to.
     *
     * @param entity whether it is an entity, not a row
     */
    record LetterKey(String key, boolean entity) {}

    record Help() implements Order {}

    static Order of(String... arguments) throws UsageException {
        Queue<String> rest = new ArrayDeque<>(List.of(arguments));
        if (rest.contains("--help") || rest.contains("-h")) {
            return new Help();
        }
        @Nullable String name = rest.poll();
        return switch (name) {
            case null -> throw new UsageException("a command is missing");
            case "dev" -> dev(rest);
            case "serve" -> serve(rest);
            case "migrate" -> migrate(rest);
            case "events" -> events(rest);
            case "views" -> ViewOrders.of(rest);
            case "cluster" -> new ShowCluster(ViewOrders.url("cluster", rest));
            case "help" -> new Help();
            default -> throw new UsageException("unknown command '" + name + "'");
        };
    }

    private static Dev dev(Queue<String> rest) throws UsageException {
        OptionalInt port = OptionalInt.empty();
        Path data = Path.of(".ritsem");
        boolean fresh = false;
        int nodes = 1;
        StringBuilder again = new StringBuilder("./ritsem dev");
        while (!rest.isEmpty()) {
            String option = rest.remove();
            switch (option) {
                case "--http-port" -> port = port(valueOf(option, rest));
                case "--data" -> {
                    String folder = valueOf(option, rest);
                    data = Path.of(folder);
                    again.append(" --data ").append(quoted(folder));
                }
                // The start script has put it on the class path.
                case "--app" -> again.append(" --app ").append(quoted(valueOf(option, rest)));
                case "--fresh" -> fresh = true;
                case "--nodes" -> {
                    nodes = Dev.nodes(valueOf(option, rest));
                    again.append(" --nodes ").append(nodes);
                }
                default -> throw unknown(option, "dev");
            }
        }
        return new Dev(port, data, fresh, nodes, again.toString());
    }

    /** As a shell takes it for one word. */
    private static String quoted(String word) {
        return word.matches("[A-Za-z0-9_./:@%+=~-]+") ? word : "'" + word.replace("'", "'\\''") + "'";
    }

    private static Serve serve(Queue<String> rest) throws UsageException {
        OptionalInt port = OptionalInt.empty();
        while (!rest.isEmpty()) {
            String option = rest.remove();
            if (!option.equals("--http-port")) {
                throw unknown(option, "serve");
            }
            port = port(valueOf(option, rest));
        }
        return new Serve(port);
    }

    private static Migrate migrate(Queue<String> rest) throws UsageException {
        if (!rest.isEmpty()) {
            throw unknown(rest.remove(), "migrate");
        }
        return new Migrate();
    }

    private static Order events(Queue<String> rest) throws UsageException {
        @Nullable String name = rest.poll();
        return switch (name) {
            case "export" -> exportEvents(rest);
            case "import" -> importEvents(rest);
            case null -> throw new UsageException("'events' needs 'export' or 'import'");
            default -> throw unknown(name, "events");
        };
    }

    private static ExportEvents exportEvents(Queue<String> rest) throws UsageException {
        Optional<Path> to = Optional.empty();
        while (!rest.isEmpty()) {
            String option = rest.remove();
            if (!option.equals("--to")) {
                throw unknown(option, "events export");
            }
            to = Optional.of(Path.of(valueOf(option, rest)));
        }
        return new ExportEvents(to);
    }

    private static ImportEvents importEvents(Queue<String> rest) throws UsageException {
        @Nullable String file = rest.poll();
        if (file == null || file.isEmpty() || file.startsWith("--")) {
            throw new UsageException("'events import' needs a file");
        }
        if (!rest.isEmpty()) {
            throw unknown(rest.remove(), "events import");
        }
        return new ImportEvents(Path.of(file));
    }

    static String valueOf(String option, Queue<String> rest) throws UsageException {
        @Nullable String value = rest.poll();
        if (value == null || value.isEmpty() || value.startsWith("--")) {
            throw new UsageException(option + " needs a value");
        }
        return value;
    }

    private static OptionalInt port(String value) throws UsageException {
        if (!value.matches("[0-9]{1,5}") || Integer.parseInt(value) > 65_535) {
            throw new UsageException("--http-port must be a port from 0 to 65535, but is '" + value + "'");
        }
        return OptionalInt.of(Integer.parseInt(value));
    }

    static UsageException unknown(String option, String command) {
        return new UsageException("'" + command + "' does not know '" + option + "'");
    }
}
