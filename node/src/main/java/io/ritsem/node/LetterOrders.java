package io.ritsem.node;

import java.net.URI;
import java.util.List;
import java.util.Queue;

import org.jspecify.annotations.Nullable;

/** What the command line asks about the dead letters of a view. Stateless. */
final class LetterOrders {

    static final List<String> ACTIONS = List.of("dead-letters", "retry", "skip");

    private LetterOrders() {}

    static Order of(String action, String view, Queue<String> rest) throws UsageException {
        @Nullable String first = rest.peek();
        String key = first == null || first.startsWith("--") ? "" : rest.remove();
        URI node = ViewOrders.THIS_MACHINE;
        String reason = "";
        boolean entity = false;
        boolean all = false;
        boolean acts = !action.equals("dead-letters");
        while (!rest.isEmpty()) {
            String option = rest.remove();
            if (option.equals("--url")) {
                node = ViewOrders.uri(Order.valueOf(option, rest));
            } else if (option.equals("--reason") && acts) {
                reason = Order.valueOf(option, rest);
            } else if (option.equals("--entity") && !key.isEmpty()) {
                entity = true;
            } else if (option.equals("--all") && action.equals("retry") && key.isEmpty()) {
                all = true;
            } else {
                throw Order.unknown(option, "views " + action);
            }
        }
        if (acts && key.isEmpty() && !all) {
            throw new UsageException("'views %s' needs a key%s: 'views dead-letters %s' lists them".formatted(action,
                    action.equals("retry") ? " or --all" : "", view));
        }
        if (acts) {
            ViewOrders.requireReason(action, reason);
        }
        Order.ListViews at = new Order.ListViews(node);
        Order.LetterKey letters = new Order.LetterKey(key, entity);
        if (all) {
            return new Order.RetryAllLetters(at, view, reason);
        } else if (acts) {
            return new Order.MendLetters(at, action, view, letters, reason);
        }
        return key.isEmpty() ? new Order.ListLetters(at, view) : new Order.ShowLetters(at, view, letters);
    }
}
