package io.ritsem.chaos.check;

import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;

import io.ritsem.chaos.load.Attempt;
import io.ritsem.chaos.load.Command;
import io.ritsem.chaos.load.Told;

/**
 * Holds what clients were told against what the journal has. Each rule names what broke it. Not thread-safe; one for each
 * run.
 */
final class Checker {

    private final Map<String, List<Attempt>> attempts = new LinkedHashMap<>();
    private final Map<String, List<StoredEvent>> byMark = new HashMap<>();
    private final List<StoredEvent> events;
    private final Set<UUID> planted;
    private final List<String> broken = new ArrayList<>();

    /**
     * @param events by account and sequence
     * @param planted the causations of events that a scenario wrote itself
     */
    Checker(List<Attempt> log, List<StoredEvent> events, Set<UUID> planted) {
        log.forEach(attempt -> attempts.computeIfAbsent(attempt.command().key(), _ -> new ArrayList<>()).add(attempt));
        events.stream()
                .filter(event -> !planted.contains(event.causation()))
                .forEach(event -> byMark.computeIfAbsent(event.mark(), _ -> new ArrayList<>()).add(event));
        this.events = events;
        this.planted = planted;
    }

    /** What of it does not hold; empty if all does. */
    List<String> journal() {
        sequencesHaveNoGap();
        everyEventWasAskedFor();
        attempts.values().forEach(this::command);
        return List.copyOf(broken);
    }

    private void sequencesHaveNoGap() {
        String account = "";
        long expected = 1;
        for (StoredEvent event : events) {
            expected = event.account().equals(account) ? expected + 1 : 1;
            account = event.account();
            if (event.sequence() != expected) {
                broken.add("%s has sequence %d where %d belongs".formatted(account, event.sequence(), expected));
                expected = event.sequence();
            }
        }
    }

    private void everyEventWasAskedFor() {
        for (StoredEvent event : events) {
            if (!planted.contains(event.causation()) && !attempts.containsKey(event.mark())) {
                broken.add("%s %d is of no command that was sent: %s".formatted(event.account(), event.sequence(),
                        event.mark()));
            }
        }
        byMark.forEach((mark, found) -> {
            if (found.size() > 1) {
                broken.add("the command %s has %d effects".formatted(mark, found.size()));
            }
        });
    }

    private void command(List<Attempt> sent) {
        Command command = sent.getFirst().command();
        List<StoredEvent> found = byMark.getOrDefault(command.key(), List.of());
        Set<String> answers = new HashSet<>();
        boolean unknown = false;
        for (Attempt attempt : sent) {
            switch (attempt.told()) {
                case Told.Accepted accepted -> {
                    answers.add("version %d, %s".formatted(accepted.version(), accepted.events()));
                    accepted(command, accepted, found);
                }
                case Told.Unknown _ -> unknown = true;
                case Told.Wrong(int status, String body) ->
                        broken.add("%s was answered with %d: %s".formatted(command.key(), status, body));
                case Told.Rejected _,Told.Refused _ -> {}
            }
        }
        if (answers.size() > 1) {
            broken.add("%s got different answers: %s".formatted(command.key(), answers));
        }
        if (answers.isEmpty() && !unknown && !found.isEmpty()) {
            broken.add("%s was told that nothing was stored, and it is".formatted(command.key()));
        }
        notReplayedUnlessStored(command, sent);
        notRejectedOnceAccepted(command, sent);
        boolean retried = sent.stream().anyMatch(attempt -> attempt.number() > 1);
        if (sent.stream().noneMatch(attempt -> attempt.told().isCertain()) && (unknown || retried)) {
            broken.add("%s was never told anything certain, in the end %s".formatted(command.key(),
                    sent.getLast().told()));
        }
    }

    /**
     * Somebody has stored what the first acceptance repeats, and had begun before that was told; if all who had were told
     * that they stored nothing, one was told wrong. (Who is answered with his own write, read back, gets no replay.)
     */
    private void notReplayedUnlessStored(Command command, List<Attempt> sent) {
        sent.stream()
                .filter(attempt -> attempt.told() instanceof Told.Accepted)
                .min(Comparator.comparingLong(Attempt::toldAt))
                .filter(first -> first.told() instanceof Told.Accepted(_, _, _, boolean replayed) && replayed)
                .filter(first -> sent.stream()
                        .filter(attempt -> attempt.sentAt() < first.toldAt())
                        .allMatch(attempt -> storedNothing(attempt.told())))
                .ifPresent(_ -> broken.add("%s was first accepted as a replay, and all who had sent it were told that"
                        .formatted(command.key()) + " nothing was stored"));
    }

    private static boolean storedNothing(Told told) {
        return switch (told) {
            case Told.Refused _,Told.Rejected _ -> true;
            case Told.Accepted accepted -> accepted.replayed();
            case Told.Unknown _,Told.Wrong _ -> false;
        };
    }

    /** A rejection spends no key, but whoever asks after an acceptance has to be told of that. */
    private void notRejectedOnceAccepted(Command command, List<Attempt> sent) {
        long acceptedAt = sent.stream()
                .filter(attempt -> attempt.told() instanceof Told.Accepted)
                .mapToLong(Attempt::toldAt)
                .min()
                .orElse(Long.MAX_VALUE);
        for (Attempt attempt : sent) {
            if (attempt.told() instanceof Told.Rejected(String code) && attempt.sentAt() > acceptedAt) {
                broken.add("%s was accepted and, when it was sent again after that, rejected as %s".formatted(
                        command.key(), code));
            }
        }
    }

    private void accepted(Command command, Told.Accepted accepted, List<StoredEvent> found) {
        boolean there = found.stream().anyMatch(event -> isAsTold(event, command, accepted));
        if (!there) {
            broken.add("%s was acknowledged as %s %d, and the journal has %s".formatted(command.key(),
                    command.account(), accepted.version(), found.isEmpty() ? "nothing of it" : found));
        }
    }

    private static boolean isAsTold(StoredEvent event, Command command, Told.Accepted accepted) {
        String told = accepted.events();
        String amount = event.amount().signum() == 0 ? "" : "\"amount\":\"" + event.amount().toPlainString() + "\"";
        return event.account().equals(command.account()) && event.sequence() == accepted.version()
                && !accepted.token().isEmpty() && told.contains("\"type\":\"" + event.type() + "\"")
                && told.contains("\"sequence\":" + event.sequence()) && told.contains(amount)
                && told.contains("\"" + event.mark() + "\"");
    }

    /** Transfers from these accounts whose money was taken and paid in nowhere, with all that their clients were told. */
    List<String> unended(Collection<String> accounts) {
        return events.stream()
                .filter(event -> event.type().equals("withdrawn") && accounts.contains(event.account())
                        && !byMark.containsKey(Command.onwardsKey(event.mark())))
                .map(event -> "%s took %s of %s (%d) and is paid in nowhere; it was told %s, and then %s".formatted(
                        event.mark(), event.amount(), event.account(), event.sequence(), history(event.mark()),
                        history(Command.onwardsKey(event.mark()))))
                .toList();
    }

    /** Without those of which nobody took note: there may be hundreds. */
    private String history(String key) {
        List<Attempt> sent = attempts.getOrDefault(key, List.of());
        return sent.stream()
                .filter(attempt -> !(attempt.told() instanceof Told.Refused))
                .map(attempt -> "%s (from %d to %d ms)".formatted(attempt.told(),
                        (attempt.sentAt() - sent.getFirst().sentAt()) / 1_000_000,
                        (attempt.toldAt() - sent.getFirst().sentAt()) / 1_000_000))
                .toList()
                .toString();
    }

    /** The fold of the journal, by account. */
    Map<String, ViewState> fold() {
        Map<String, ViewState> states = new HashMap<>();
        history().forEach((account, past) -> states.put(account, past.getLast()));
        return states;
    }

    /** What each account has come to with each of its events. */
    Map<String, List<ViewState>> history() {
        Map<String, List<ViewState>> states = new HashMap<>();
        for (StoredEvent event : events) {
            List<ViewState> past = states.computeIfAbsent(event.account(), _ -> new ArrayList<>());
            BigDecimal before = past.isEmpty() ? BigDecimal.ZERO : past.getLast().balance();
            past.add(new ViewState(event.sequence(), before.add(event.effect())));
        }
        return states;
    }

    /** How often each reference was posted, by the journal. */
    Map<String, Long> postings() {
        Map<String, Long> postings = new HashMap<>();
        events.stream()
                .filter(event -> !event.type().equals("opened"))
                .forEach(event -> postings.merge(event.mark(), 1L, Long::sum));
        return postings;
    }
}
