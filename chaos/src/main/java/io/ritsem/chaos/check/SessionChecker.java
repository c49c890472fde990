package io.ritsem.chaos.check;

import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

import io.ritsem.chaos.load.Seen;
import io.ritsem.chaos.load.Seen.Source;

/**
 * Holds what sessions were told against what they, or others, had been told before. Each rule names what broke it. Not
 * thread-safe; one for each run.
 */
final class SessionChecker {

    private final List<Seen> seen;
    private final Map<String, List<ViewState>> history;
    private final List<String> broken = new ArrayList<>();

    /**
     * @param seen each session's in the order in which it was told
     * @param history what each account has come to with each of its events
     */
    SessionChecker(List<Seen> seen, Map<String, List<ViewState>> history) {
        this.seen = seen;
        this.history = history;
    }

    /** What of it does not hold; empty if all does. */
    List<String> sessions() {
        readsGoForwardAndSeeTheSessionsWrites();
        entitiesSayWhatWasAcknowledgedToAnyone();
        seen.forEach(this::wasEverSo);
        return List.copyOf(broken);
    }

    /** The entity's own word and the rows are two lines: a row may be older than the entity, and not older than itself. */
    private void readsGoForwardAndSeeTheSessionsWrites() {
        Map<String, Seen> latest = new HashMap<>();
        for (Seen now : seen) {
            List<Source> lines = now.source() == Source.WRITE
                    ? List.of(Source.ENTITY, Source.ROW)
                    : List.of(now.source());
            for (Source line : lines) {
                String key = "%d %s %s".formatted(now.session(), line, now.account());
                Seen before = latest.get(key);
                if (before != null && before.version() > now.version() && now.source() != Source.WRITE) {
                    broken.add(
                            "session %d was told version %d of %s by the %s at %s, after %d by the %s at %s %d ms before"
                                    .formatted(now.session(), now.version(), now.account(), now.source(), now.node(),
                                            before.version(), before.source(), before.node(),
                                            (now.toldAt() - before.toldAt()) / 1_000_000));
                }
                if (before == null || before.version() < now.version()) {
                    latest.put(key, now);
                }
            }
        }
    }

    /** An entity's answer lacks nothing that somebody had been told of before it was asked. */
    private void entitiesSayWhatWasAcknowledgedToAnyone() {
        Map<String, List<Seen>> told = new HashMap<>();
        seen.stream()
                .filter(it -> it.source() != Source.ROW)
                .sorted(Comparator.comparingLong(Seen::toldAt))
                .forEach(it -> {
                    List<Seen> past = told.computeIfAbsent(it.account(), _ -> new ArrayList<>());
                    if (past.isEmpty() || past.getLast().version() < it.version()) {
                        past.add(it);
                    }
                });
        for (Seen now : seen) {
            if (now.source() == Source.ENTITY) {
                told.getOrDefault(now.account(), List.of())
                        .stream()
                        .filter(past -> past.toldAt() < now.sentAt() && past.version() > now.version())
                        .filter(past -> past.session() != now.session())
                        .reduce((_, last) -> last)
                        .ifPresent(past -> broken.add(
                                "%s at %s said version %d, %d ms after session %d had been told %d by the %s at %s"
                                        .formatted(now.account(), now.node(), now.version(),
                                                (now.sentAt() - past.toldAt()) / 1_000_000, past.session(),
                                                past.version(), past.source(), past.node())));
            }
        }
    }

    private void wasEverSo(Seen now) {
        List<ViewState> past = history.getOrDefault(now.account(), List.of());
        BigDecimal balance = now.balance();
        boolean stored = now.version() <= past.size();
        if (!stored || (balance != null && now.version() > 0
                && past.get((int) now.version() - 1).balance().compareTo(balance) != 0)) {
            broken.add("%s at %s said version %d of %s with %s, and it was never that".formatted(now.source(),
                    now.node(), now.version(), now.account(), balance));
        }
    }
}
