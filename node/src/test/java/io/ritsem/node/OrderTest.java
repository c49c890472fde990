package io.ritsem.node;

import java.net.URI;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class OrderTest {

    private static final Pattern COMMAND = Pattern.compile("ritsem (\\w+) +(\\[.*)");
    private static final Pattern OPTION = Pattern.compile("\\[[^]]+]");

    @Test void understands_each_command_with_its_options() throws UsageException {
        assertThat(Order.of("dev"))
                .isEqualTo(new Order.Dev(OptionalInt.empty(), Path.of(".ritsem"), false, 1, "./ritsem dev"));
        assertThat(Order.of("dev", "--fresh", "--http-port", "0", "--data", "a b"))
                .isEqualTo(new Order.Dev(OptionalInt.of(0), Path.of("a b"), true, 1, "./ritsem dev --data 'a b'"));
        assertThat(Order.of("dev", "--http-port", "1", "--app", "../x", "--fresh", "--data", "it's"))
                .isEqualTo(new Order.Dev(OptionalInt.of(1), Path.of("it's"), true, 1,
                        "./ritsem dev --app ../x --data 'it'\\''s'"));
        assertThat(Order.of("dev", "--nodes", "3"))
                .isEqualTo(new Order.Dev(OptionalInt.empty(), Path.of(".ritsem"), false, 3, "./ritsem dev --nodes 3"));
        assertThat(Order.of("serve", "--http-port", "9090")).isEqualTo(new Order.Serve(OptionalInt.of(9090)));
        assertThat(Order.of("migrate")).isEqualTo(new Order.Migrate());
        assertThat(Order.of("events", "export")).isEqualTo(new Order.ExportEvents(Optional.empty()));
        assertThat(Order.of("events", "export", "--to", "a b"))
                .isEqualTo(new Order.ExportEvents(Optional.of(Path.of("a b"))));
        assertThat(Order.of("events", "import", "a b")).isEqualTo(new Order.ImportEvents(Path.of("a b")));
        Order.ListViews elsewhere = new Order.ListViews(URI.create("http://a:1"));
        assertThat(Order.of("views", "--url", "http://a:1")).isEqualTo(elsewhere);
        assertThat(Order.of("views", "rebuild", "balances", "--reason", "rows were lost", "--rate", "5", "--manual",
                "--url", "http://a:1")).isEqualTo(
                        new Order.ViewAction(elsewhere, "rebuild", "balances", "rows were lost",
                                new Order.Build(OptionalInt.of(5), true)));
        assertThat(Order.of("cluster", "--url", "http://a:1"))
                .isEqualTo(new Order.ShowCluster(URI.create("http://a:1")));
        understandsWhatIsAskedOfDeadLetters(elsewhere);
        assertThat(Order.of("dev", "--help")).isEqualTo(new Order.Help());
    }

    private static void understandsWhatIsAskedOfDeadLetters(Order.ListViews elsewhere) throws UsageException {
        assertThat(Order.of("views", "dead-letters", "balances", "--url", "http://a:1"))
                .isEqualTo(new Order.ListLetters(elsewhere, "balances"));
        assertThat(Order.of("views", "dead-letters", "balances", "account|ada", "--entity", "--url", "http://a:1"))
                .isEqualTo(new Order.ShowLetters(elsewhere, "balances", new Order.LetterKey("account|ada", true)));
        assertThat(Order.of("views", "skip", "balances", "ada", "--reason", "never mind", "--url", "http://a:1"))
                .isEqualTo(new Order.MendLetters(elsewhere, "skip", "balances", new Order.LetterKey("ada", false),
                        "never mind"));
        assertThat(Order.of("views", "retry", "balances", "--all", "--reason", "mended", "--url", "http://a:1"))
                .isEqualTo(new Order.RetryAllLetters(elsewhere, "balances", "mended"));
    }

    @Test void says_what_it_does_not_understand() {
        refuses("a command is missing");
        refuses("unknown command 'deploy'", "deploy");
        refuses("'serve' does not know '--fresh'", "serve", "--fresh");
        refuses("'events' needs 'export' or 'import'", "events");
        refuses("'events' does not know 'list'", "events", "list");
        refuses("'events export' does not know 'x'", "events", "export", "x");
        refuses("--to needs a value", "events", "export", "--to");
        refuses("'events import' needs a file", "events", "import");
        refuses("'events import' needs a file", "events", "import", "--to");
        refuses("'events import' does not know 'b'", "events", "import", "a", "b");
        refuses("'views' does not know 'drop', only pause, resume, rebuild, throttle, cancel, switch, roll-back, "
                + "dead-letters, retry, skip", "views", "drop");
        refuses("'views retry' needs a key or --all: 'views dead-letters balances' lists them", "views", "retry",
                "balances", "--reason", "x");
        refuses("'views skip' needs a key: 'views dead-letters balances' lists them", "views", "skip", "balances",
                "--reason", "x");
        refuses("'views skip' does not know '--all'", "views", "skip", "balances", "--all", "--reason", "x");
        refuses("'views retry' does not know '--all'", "views", "retry", "balances", "ada", "--all", "--reason", "x");
        refuses("'views dead-letters' does not know '--reason'", "views", "dead-letters", "balances", "--reason", "x");
        refuses("'views retry' needs --reason: the audit keeps it", "views", "retry", "balances", "ada");
        refuses("'views pause' needs the name of a view", "views", "pause", "--reason", "x");
        refuses("'views pause' needs --reason: the audit keeps it", "views", "pause", "balances");
        refuses("'views throttle' needs --rate: events a second, 0 for no limit", "views", "throttle", "balances",
                "--reason", "x");
        refuses("'cluster' does not know '--fresh'", "cluster", "--fresh");
        for (String url : new String[]{"a:1", "http://a b", "http://[::1", "http://my_node:8080", "http://a:70000"}) {
            refuses("--url must be such as http://127.0.0.1:8080 (a host's name has letters, digits, - and . only), "
                    + "but is '" + url + "'", "views", "--url", url);
        }
        refuses("--http-port needs a value", "dev", "--http-port");
        refuses("--data needs a value", "dev", "--data", "--fresh");
        refuses("--http-port must be a port from 0 to 65535, but is '65536'", "dev", "--http-port", "65536");
        refuses("--http-port must be a port from 0 to 65535, but is 'x'", "dev", "--http-port", "x");
        refuses("--nodes must be from 1 to 9, but is '10'", "dev", "--nodes", "10");
    }

    @Test void knows_the_very_options_of_the_usage_text_by_which_the_start_script_goes() {
        Map<String, Set<String>> told = new HashMap<>();
        for (String line : Checkout.read(Checkout.module("node/src/main/resources/ritsem/usage.txt")).split("\n")) {
            Matcher command = COMMAND.matcher(line);
            if (command.find()) {
                told.put(command.group(1),
                        OPTION.matcher(command.group(2)).results().map(MatchResult::group).collect(Collectors.toSet()));
            }
        }
        Set<String> all = told.values().stream().flatMap(Set::stream).collect(Collectors.toSet());

        assertThat(told).containsOnlyKeys("dev", "serve", "migrate", "views", "cluster");
        told.forEach((command, options) -> assertThat(all.stream().filter(option -> isKnown(command, option)))
                .as(command)
                .containsExactlyInAnyOrderElementsOf(options));
    }

    /** With the value that the usage text shows, if there is to be one. */
    private static boolean isKnown(String command, String option) {
        if (option.startsWith("[--app ")) {
            return !command.equals("views") && !command.equals("cluster"); // the script's own
        }
        try {
            Order.of((command + ' '
                    + option.replaceAll("[\\[\\]]", "")
                            .replace("PORT", "1")
                            .replace(" N", " 3")
                            .replace("URL", "http://a:1"))
                    .split(" "));
            return true;
        } catch (UsageException unknown) {
            return false;
        }
    }

    private static void refuses(String message, String... arguments) {
        assertThatThrownBy(() -> Order.of(arguments)).isInstanceOf(UsageException.class).hasMessage(message);
    }
}
