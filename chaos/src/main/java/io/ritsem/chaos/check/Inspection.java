package io.ritsem.chaos.check;

import java.io.IOException;
import java.math.BigDecimal;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BiFunction;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import io.ritsem.chaos.load.CallLog;
import io.ritsem.chaos.load.Seen;
import io.ritsem.chaos.load.Shown;
import io.ritsem.chaos.views.Tally;
import io.ritsem.harness.Address;
import io.ritsem.harness.HttpCaller;

/**
 * All that must hold when a run is over: the journal against what clients were told, both views against the fold of the
 * journal once they have caught up, and the entities' own word against it. Not thread-safe; one for each run.
 */
public final class Inspection {

    private static final long CATCH_UP = TimeUnit.SECONDS.toNanos(20);
    private static final long BETWEEN_LOOKS = TimeUnit.MILLISECONDS.toNanos(50);
    private static final int MOST_SILENT = 5;
    private static final Pattern VERSION = Pattern.compile("\"version\":(\\d+)");
    private static final Pattern BALANCE = Pattern.compile("\"balance\":\"([^\"]+)\"");

    private final String databaseUrl;
    private final Address node;

    /** @param node which must be up again */
    public Inspection(String databaseUrl, Address node) {
        this.databaseUrl = databaseUrl;
        this.node = node;
    }

    /** What does not hold; empty if all does. */
    public List<String> inspect(CallLog log, Set<UUID> planted) throws SQLException, IOException {
        try (JournalTables tables = new JournalTables(databaseUrl)) {
            Checker checker = new Checker(log.attempts(), tables.events(), planted);
            List<String> broken = new ArrayList<>(checker.journal());
            long until = System.nanoTime() + CATCH_UP;
            Map<String, ViewState> fold = checker.fold();
            broken.addAll(caughtUp(() -> differences("the row of", fold, tables.balances(), ViewState::isAs), until));
            Map<String, Long> postings = checker.postings();
            broken.addAll(caughtUp(() -> differences("the turnover of", postings, tables.postings(), Long::equals),
                    until));
            broken.addAll(differences("the state of", fold, states(fold.keySet()), ViewState::isAs));
            return broken;
        }
    }

    /** What does not hold of sessions, and of the money that they transferred: in the journal and in the view. */
    public List<String> sessions(CallLog log, List<Seen> seen, Total total) throws SQLException {
        try (JournalTables tables = new JournalTables(databaseUrl)) {
            Checker checker = new Checker(log.attempts(), tables.events(), Set.of());
            List<String> broken = new ArrayList<>(new SessionChecker(seen, checker.history()).sessions());
            total.broken("in the journal", checker.fold()).ifPresent(what -> {
                broken.add(what);
                broken.addAll(checker.unended(total.accounts()));
            });
            total.broken("in the view", tables.balances()).ifPresent(broken::add);
            return broken;
        }
    }

    /** Where the views that are only followed here differ from the fold of the journal, but for these accounts. */
    public List<String> furtherViews(Set<String> excepted) throws SQLException {
        try (JournalTables tables = new JournalTables(databaseUrl)) {
            long until = System.nanoTime() + CATCH_UP;
            Map<String, Tally.Row> tallied = tables.tallied();
            List<String> broken = new ArrayList<>(caughtUp(
                    () -> differences("the tally", tallied, tables.tally(), Inspection::isSameTally), until));
            Map<String, ViewState> fold = without(excepted, fold());
            broken.addAll(caughtUp(() -> differences("the statement of", fold, without(excepted, tables.statements()),
                    ViewState::isAs), until));
            return broken;
        }
    }

    private static boolean isSameTally(Tally.Row one, Tally.Row other) {
        return one.events() == other.events() && one.digest() == other.digest()
                && one.money().compareTo(other.money()) == 0;
    }

    private static Map<String, ViewState> without(Set<String> excepted, Map<String, ViewState> states) {
        Map<String, ViewState> others = new HashMap<>(states);
        others.keySet().removeAll(excepted);
        return others;
    }

    /** Which of these rows an account never had. */
    public List<String> neverHad(Collection<Shown> rows) throws SQLException {
        try (JournalTables tables = new JournalTables(databaseUrl)) {
            Map<String, List<ViewState>> history = new Checker(List.of(), tables.events(), Set.of()).history();
            return rows.stream()
                    .filter(row -> history.getOrDefault(row.account(), List.of())
                            .stream()
                            .noneMatch(new ViewState(row.version(), row.balance())::isAs))
                    .map(row -> "a row was shown that never was: " + row)
                    .toList();
        }
    }

    /** Where the node's entities say something else than the journal; empty if nowhere. */
    public List<String> entities() throws SQLException, IOException {
        Map<String, ViewState> fold = fold();
        return differences("the state of", fold, states(fold.keySet()), ViewState::isAs);
    }

    /**
     * Where the node's entities say something that was never true; empty if nowhere. An earlier state is none of that: who
     * owns an entity without being the only one learns of the other's writes when he writes himself.
     */
    public List<String> neverTrue() throws SQLException, IOException {
        try (JournalTables tables = new JournalTables(databaseUrl)) {
            Map<String, List<ViewState>> history = new Checker(List.of(), tables.events(), Set.of()).history();
            Map<String, ViewState> states = states(history.keySet());
            List<String> broken = new ArrayList<>();
            history.forEach((account, past) -> {
                ViewState state = states.get(account);
                if (state == null || past.stream().noneMatch(state::isAs)) {
                    broken.add("the state of %s is %s, and it was never that".formatted(account, state));
                }
            });
            return broken;
        }
    }

    /** What the journal comes to, by account. */
    public Map<String, ViewState> fold() throws SQLException {
        try (JournalTables tables = new JournalTables(databaseUrl)) {
            return new Checker(List.of(), tables.events(), Set.of()).fold();
        }
    }

    /** Returns the {@link System#nanoTime} at which the view of balances showed this, or at which it gave up. */
    public long untilShown(Map<String, ViewState> balances) throws SQLException {
        try (JournalTables tables = new JournalTables(databaseUrl)) {
            long until = System.nanoTime() + CATCH_UP;
            while (!differences("", balances, tables.balances(), ViewState::isAs).isEmpty()
                    && System.nanoTime() < until) {
                LockSupport.parkNanos(BETWEEN_LOOKS / 10);
            }
            return System.nanoTime();
        }
    }

    private interface Look {
        List<String> look() throws SQLException;
    }

    private static List<String> caughtUp(Look look, long until) throws SQLException {
        List<String> differences = look.look();
        while (!differences.isEmpty() && System.nanoTime() < until) {
            LockSupport.parkNanos(BETWEEN_LOOKS);
            differences = look.look();
        }
        return differences;
    }

    private static <T> List<String> differences(String what, Map<String, T> right, Map<String, T> found,
            BiFunction<T, T, Boolean> same) {
        List<String> differences = new ArrayList<>();
        right.forEach((key, value) -> {
            T other = found.get(key);
            if (other == null || !same.apply(value, other)) {
                differences.add("%s %s is %s, and by the journal %s".formatted(what, key, other, value));
            }
        });
        found.keySet()
                .stream()
                .filter(key -> !right.containsKey(key))
                .forEach(key -> differences.add("%s %s has nothing in the journal".formatted(what, key)));
        return differences;
    }

    /** What the entities themselves answer. */
    private Map<String, ViewState> states(Set<String> accounts) throws IOException {
        Map<String, ViewState> states = new HashMap<>();
        try (HttpCaller caller = new HttpCaller(node)) {
            int silent = 0;
            for (String account : accounts) {
                if (silent == MOST_SILENT) {
                    break; // each costs the time of a request
                }
                String body = caller.get("/api/entities/account/" + account, "").body();
                Matcher version = VERSION.matcher(body);
                Matcher balance = BALANCE.matcher(body);
                if (version.find() && balance.find()) {
                    states.put(account,
                            new ViewState(Long.parseLong(version.group(1)), new BigDecimal(balance.group(1))));
                } else {
                    silent++;
                }
            }
        }
        return states;
    }
}
