package io.ritsem.node;

import java.net.URI;
import java.net.URISyntaxException;
import java.util.List;
import java.util.OptionalInt;
import java.util.Queue;

import org.jspecify.annotations.Nullable;

/** What the command line asks about views. Stateless. */
final class ViewOrders {

    static final URI THIS_MACHINE = URI.create("http://127.0.0.1:8080");
    private static final List<String> ACTIONS = List.of("pause", "resume", "rebuild", "throttle", "cancel", "switch",
            "roll-back");

    private static final int LAST_PORT = 65_535;

    private ViewOrders() {}

    static Order of(Queue<String> rest) throws UsageException {
        @Nullable String first = rest.peek();
        if (first == null || first.startsWith("--")) {
            return new Order.ListViews(url("views", rest));
        }
        String action = rest.remove();
        if (!ACTIONS.contains(action) && !LetterOrders.ACTIONS.contains(action)) {
            throw new UsageException("'views' does not know '%s', only %s, %s".formatted(action,
                    String.join(", ", ACTIONS), String.join(", ", LetterOrders.ACTIONS)));
        }
        @Nullable String view = rest.poll();
        if (view == null || view.isEmpty() || view.startsWith("--")) {
            throw new UsageException("'views " + action + "' needs the name of a view");
        }
        return ACTIONS.contains(action) ? action(action, view, rest) : LetterOrders.of(action, view, rest);
    }

    static URI url(String command, Queue<String> rest) throws UsageException {
        URI node = THIS_MACHINE;
        while (!rest.isEmpty()) {
            String option = rest.remove();
            if (!option.equals("--url")) {
                throw Order.unknown(option, command);
            }
            node = uri(Order.valueOf(option, rest));
        }
        return node;
    }

    private static Order action(String action, String view, Queue<String> rest) throws UsageException {
        URI node = THIS_MACHINE;
        String reason = "";
        OptionalInt rate = OptionalInt.empty();
        boolean manual = false;
        while (!rest.isEmpty()) {
            String option = rest.remove();
            switch (option) {
                case "--url" -> node = uri(Order.valueOf(option, rest));
                case "--reason" -> reason = Order.valueOf(option, rest);
                case "--rate" -> rate = rate(Order.valueOf(option, rest));
                case "--manual" -> manual = true;
                default -> throw Order.unknown(option, "views " + action);
            }
        }
        requireReason(action, reason);
        if (rate.isEmpty() && action.equals("throttle")) {
            throw new UsageException("'views throttle' needs --rate: events a second, 0 for no limit");
        }
        return new Order.ViewAction(new Order.ListViews(node), action, view, reason, new Order.Build(rate, manual));
    }

    static void requireReason(String action, String reason) throws UsageException {
        if (reason.isBlank()) {
            throw new UsageException("'views " + action + "' needs --reason: the audit keeps it");
        }
    }

    static URI uri(String text) throws UsageException {
        try {
            URI node = new URI(text);
            if (node.getHost() != null && node.getPort() <= LAST_PORT && text.matches("https?://[^/?#]+/?")) {
                return node;
            }
        } catch (URISyntaxException malformed) {
            // the message below says what would be right
        }
        throw new UsageException("--url must be such as http://127.0.0.1:8080 (a host's name has letters, digits, - "
                + "and . only), but is '" + text + "'");
    }

    private static OptionalInt rate(String text) throws UsageException {
        if (!text.matches("[0-9]{1,9}")) {
            throw new UsageException("--rate must be a whole number of events a second, 0 for no limit, but is '" + text
                    + "'");
        }
        return OptionalInt.of(Integer.parseInt(text));
    }
}
