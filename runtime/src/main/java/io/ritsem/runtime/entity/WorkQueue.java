package io.ritsem.runtime.entity;

import java.time.Clock;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashSet;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.function.BiConsumer;
import java.util.function.Consumer;

import org.jspecify.annotations.Nullable;

import io.ritsem.runtime.entity.GateMessage.Read;
import io.ritsem.runtime.entity.GateMessage.Submit;
import io.ritsem.runtime.entity.GateMessage.Work;
import io.ritsem.runtime.journal.RecordedEvent;

/**
 * What waits in front of one entity, in the order in which it came, bounded. Commands whose write may or may not have
 * happened are <em>in doubt</em>: they stand first again and are not decided before the journal has been read back.
 * Actor-confined.
 */
final class WorkQueue {

    /** Of the bodies of a batch of commands; events are seldom much larger. */
    private static final int MOST_BYTES = 1 << 20;

    private final int bound;
    private final Clock clock;
    private final ArrayDeque<Work> waiting = new ArrayDeque<>();
    private final Set<UUID> inDoubt = new HashSet<>();
    private final Set<UUID> sentBefore = new HashSet<>();
    private long doubtfulSince = Long.MAX_VALUE;

    WorkQueue(int bound, Clock clock) {
        this.bound = bound;
        this.clock = clock;
    }

    /** Whether there was room. */
    boolean offer(Work work) {
        return waiting.size() < bound && waiting.offer(work);
    }

    /** Whether what was sent again waits already; it takes its twin's place, so that who listens now is answered. */
    boolean renew(Work again) {
        boolean waits = waiting.stream().anyMatch(work -> isSame(work, again));
        if (waits) {
            List<Work> renewed = renewed(waiting, again);
            waiting.clear();
            waiting.addAll(renewed);
        }
        return waits;
    }

    /** The same work with what was sent again in its twin's place. */
    static List<Work> renewed(Collection<Work> works, Work again) {
        return works.stream().map(work -> isSame(work, again) ? again : work).toList();
    }

    /** Whether it is the same read or command, perhaps with another to be answered. */
    static boolean isSame(Work one, Work other) {
        return switch (one) {
            case Submit submit -> other instanceof Submit twin && submit.commandId().equals(twin.commandId());
            case Read read -> other instanceof Read twin && read.replyTo().equals(twin.replyTo());
        };
    }

    boolean isEmpty() {
        return waiting.isEmpty();
    }

    /** The earliest deadline of all that waits; there must be something. */
    Instant earliestDeadline() {
        return waiting.stream().map(Work::deadline).min(Comparator.naturalOrder()).orElseThrow();
    }

    /**
     * Takes the next ones. A key occurs only once in a batch: who sends it again has to wait for the first one's answer.
     * What large commands store stays small enough for one write.
     */
    List<Work> nextBatch(int atMost) {
        List<Work> batch = new ArrayList<>(Math.min(atMost, waiting.size()));
        Set<String> keys = new HashSet<>();
        long bytes = 0;
        while (batch.size() < atMost && bytes < MOST_BYTES && !waiting.isEmpty()) {
            @Nullable String key = keyOf(waiting.getFirst());
            if (key != null && !keys.add(key)) {
                break;
            }
            bytes += waiting.getFirst() instanceof Submit submit ? submit.request().body().length : 0;
            batch.add(waiting.removeFirst());
        }
        return batch;
    }

    /** Answers all whose deadline has passed. */
    void expire(List<Work> writing) {
        Instant now = clock.instant();
        Set<String> keysInFlight = keysOf(writing);
        Iterator<Work> all = waiting.iterator();
        while (all.hasNext()) {
            Work work = all.next();
            if (work.deadline().isAfter(now)) {
                addKey(keysInFlight, work);
                continue;
            }
            all.remove();
            @Nullable String key = keyOf(work);
            if (key != null && keysInFlight.contains(key) && !isInDoubt(work)) {
                Answers.keyInFlight(work);
                answered(List.of(work));
            } else {
                notDecided(work, "deadline-passed");
            }
        }
    }

    // ---- doubts --------------------------------------------------------------------------------------------------

    /** Puts a batch in front again; its commands were sent to the journal when the entity had this version. */
    void putBackInDoubt(List<Work> batch, long version) {
        putBackToReadBack(batch, version);
        sentBefore.addAll(idsOf(batch));
    }

    /** The same with one of which certainly nothing was stored now: an earlier write may have been. */
    void putBackToReadBack(List<Work> batch, long version) {
        batch.reversed().forEach(waiting::addFirst);
        inDoubt.addAll(idsOf(batch));
        doubtfulSince = inDoubt.isEmpty() ? doubtfulSince : Math.min(doubtfulSince, version);
    }

    /** Of which of these commands an earlier write may still come. */
    Set<UUID> sentBefore(List<Work> batch) {
        Set<UUID> sent = idsOf(batch);
        sent.retainAll(sentBefore);
        return sent;
    }

    /** The commands in doubt. */
    Set<UUID> doubtful() {
        return Set.copyOf(inDoubt);
    }

    boolean hasDoubts() {
        return !inDoubt.isEmpty();
    }

    /** The version from which on events may be of commands in doubt. */
    long doubtfulSince() {
        return doubtfulSince;
    }

    /** Answers those commands in doubt whose events these are; to be called when the journal is ahead of what was known. */
    void answerStored(List<RecordedEvent> events, BiConsumer<Submit, List<RecordedEvent>> answer) {
        Map<UUID, List<RecordedEvent>> byCommand = new LinkedHashMap<>();
        for (RecordedEvent event : events) {
            byCommand.computeIfAbsent(event.metadata().causation(), id -> new ArrayList<>()).add(event);
        }
        waiting.removeIf(work -> {
            @Nullable List<RecordedEvent> own = work instanceof Submit submit ? byCommand.get(submit.commandId())
                    : null;
            if (own != null) {
                answer.accept((Submit) work, own);
            }
            return own != null;
        });
        // whatever else was sent has lost its place in the journal
        sentBefore.clear();
    }

    /**
     * The journal does not hold those that still wait, so they may be decided again: if an earlier write of theirs comes
     * late after all, one of the two fails at the primary key.
     */
    void settleDoubts() {
        inDoubt.clear();
        doubtfulSince = Long.MAX_VALUE;
    }

    /**
     * Says that a command was not decided, unless it was sent to the journal before: a write that hangs in the server may
     * still come, so nobody may be told that nothing was stored.
     */
    void notDecided(Work work, String reason) {
        if (mayStillBeStored(work)) {
            Answers.outcomeUnknown(work);
        } else {
            Answers.unavailable(work, reason);
        }
    }

    /** Says that a bug kept it from being stored, with the same exception. */
    void failed(Work work, String traceId) {
        if (mayStillBeStored(work)) {
            Answers.outcomeUnknown(work);
        } else {
            Answers.failed(work, traceId);
        }
    }

    /** Asked once, for the answer. */
    private boolean mayStillBeStored(Work work) {
        return work instanceof Submit submit && sentBefore.remove(submit.commandId());
    }

    /** These have their answers. */
    void answered(List<Work> batch) {
        if (!sentBefore.isEmpty()) {
            sentBefore.removeAll(idsOf(batch));
        }
    }

    /** The same, but nobody has heard the answers to some: they come next, and their earlier writes may still come. */
    void answered(List<Work> batch, List<Work> unheard) {
        Set<UUID> doubtful = sentBefore(unheard);
        answered(batch);
        sentBefore.addAll(doubtful);
        unheard.reversed().forEach(waiting::addFirst);
    }

    /** Answers and removes all that certainly was not stored; what is in doubt goes on waiting for the journal. */
    void answerCertain(Consumer<Work> answer) {
        waiting.removeIf(work -> {
            if (isInDoubt(work)) {
                return false;
            }
            answer.accept(work);
            answered(List.of(work));
            return true;
        });
    }

    /** Answers and removes all that is in doubt. */
    void answerDoubtful(Consumer<Work> answer) {
        waiting.removeIf(work -> {
            if (isInDoubt(work)) {
                answer.accept(work);
                answered(List.of(work));
                return true;
            }
            return false;
        });
    }

    private boolean isInDoubt(Work work) {
        return work instanceof Submit submit && inDoubt.contains(submit.commandId());
    }

    private static Set<UUID> idsOf(List<Work> batch) {
        Set<UUID> ids = new HashSet<>();
        for (Work work : batch) {
            if (work instanceof Submit submit) {
                ids.add(submit.commandId());
            }
        }
        return ids;
    }

    /** The keys of commands. */
    static Set<String> keysOf(List<Work> batch) {
        Set<String> keys = new HashSet<>();
        batch.forEach(work -> addKey(keys, work));
        return keys;
    }

    private static void addKey(Set<String> keys, Work work) {
        @Nullable String key = keyOf(work);
        if (key != null) {
            keys.add(key);
        }
    }

    private static @Nullable String keyOf(Work work) {
        return switch (work) {
            case Submit submit -> submit.request().key();
            case Read _ -> null;
        };
    }
}
