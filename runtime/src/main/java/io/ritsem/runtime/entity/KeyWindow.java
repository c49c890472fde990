package io.ritsem.runtime.entity;

import java.time.Duration;
import java.time.Instant;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

import org.jspecify.annotations.Nullable;

import io.ritsem.runtime.journal.EventMetadata;
import io.ritsem.runtime.journal.SpentKey;

/**
 * The idempotency keys that an entity has spent within the retention, the newest {@link SpentKey#REMEMBERED} of them: only
 * where their events stand, so that an entry is small; what they were spent on, and the answer, is read back from the journal.
 * Those that are forgotten the journal knows: its index refuses them, and nothing is rejected before it was asked.
 * Actor-confined; its size is read once more when the actor has ended.
 */
final class KeyWindow {

    /**
     * @param sequence of the command's first event
     * @param events how many it stored
     * @param millis when, since the epoch
     */
    record Spent(long sequence, int events, long millis) {}

    /**
     * Of so many of the newest events the keys are known to an entity that was just read: whoever sends again does so soon,
     * and to read all of a day costs a busy entity more than its state does.
     */
    static final int RECENT = 128;

    /** However many the others have. */
    private static final int FEW = 16;

    private final LinkedHashMap<String, Spent> byKey = new LinkedHashMap<>();
    private final Duration retention;
    private final KeyMemory memory;
    private final Set<String> askedFor;

    /** @param askedFor keys that are to be remembered whenever they were spent: who asks would fail again otherwise */
    KeyWindow(Duration retention, KeyMemory memory, Set<String> askedFor) {
        this.retention = retention;
        this.memory = memory;
        this.askedFor = askedFor;
    }

    Set<String> askedFor() {
        return askedFor;
    }

    /**
     * Remembers the key that an event carries, if it does. Called in the order of the events. While all entities together
     * remember too many, the one that remembers another forgets two.
     */
    void remember(long sequence, EventMetadata metadata) {
        @Nullable SpentKey spent = metadata.spentKey();
        if (spent != null) {
            byKey.putLast(spent.key(), entry(sequence, spent, metadata.time()));
            memory.add(1);
            for (int i = 0; i < 2 && hasTooMany(); i++) {
                byKey.pollFirstEntry();
                memory.add(-1);
            }
        }
    }

    private boolean hasTooMany() {
        return byKey.size() > SpentKey.REMEMBERED || (byKey.size() > FEW && memory.isOverfull());
    }

    /**
     * Remembers keys that were spent before all that are remembered already, as many as there is room for, and in any case
     * those that are about to be asked for.
     *
     * @param loaded by the sequence of their first event
     * @param since when their retention begins
     */
    void remember(Map<Long, SpentKey> loaded, Instant since) {
        int before = byKey.size();
        int room = memory.isOverfull() ? FEW : SpentKey.REMEMBERED;
        new TreeMap<>(loaded).descendingMap().forEach((sequence, spent) -> {
            if (askedFor.contains(spent.key())) {
                byKey.putLast(spent.key(), entry(sequence, spent, since));
            } else if (byKey.size() < room) {
                byKey.putFirst(spent.key(), entry(sequence, spent, since));
            }
        });
        memory.add(byKey.size() - before);
    }

    /** When its entity has ended or begins anew with another: what it took is free for others. */
    void giveBack() {
        memory.add(-byKey.size());
    }

    private static Spent entry(long sequence, SpentKey spent, Instant since) {
        return new Spent(sequence, spent.events(), since.toEpochMilli());
    }

    @Nullable Spent find(String key) {
        return byKey.get(key);
    }

    /** From when on keys are remembered. */
    Instant since(Instant now) {
        return now.minus(retention);
    }

    /** Forgets what is older than the retention. The oldest come first, so this looks at little more than it drops. */
    void forgetBefore(Instant now) {
        long oldest = since(now).toEpochMilli();
        Iterator<Spent> entries = byKey.values().iterator();
        while (entries.hasNext() && entries.next().millis() < oldest) {
            entries.remove();
            memory.add(-1);
        }
    }
}
