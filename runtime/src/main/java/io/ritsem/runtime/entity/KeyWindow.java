package io.ritsem.runtime.entity;

import java.time.Duration;
import java.time.Instant;
import java.util.Iterator;
import java.util.LinkedHashMap;

import org.jspecify.annotations.Nullable;

import io.ritsem.runtime.journal.EventMetadata;
import io.ritsem.runtime.journal.SpentKey;

/**
 * The idempotency keys that an entity has spent within the retention: only where their events stand and what they were
 * spent on, so that an entry is small; the answer itself is read back from the journal. Actor-confined.
 */
final class KeyWindow {

    /**
     * @param sequence of the command's first event
     * @param events how many it stored
     * @param fingerprint of the command's name and body
     */
    record Spent(long sequence, int events, byte[] fingerprint, Instant time) {}

    private final LinkedHashMap<String, Spent> byKey = new LinkedHashMap<>();
    private final Duration retention;

    KeyWindow(Duration retention) {
        this.retention = retention;
    }

    /** Remembers the key that an event carries, if it does. Called in the order of the events. */
    void remember(long sequence, EventMetadata metadata) {
        @Nullable SpentKey spent = metadata.spentKey();
        if (spent != null) {
            remember(sequence, spent, metadata.time());
        }
    }

    /** Remembers a key; {@code since} is when its retention begins, which is not before that of any other. */
    void remember(long sequence, SpentKey spent, Instant since) {
        byKey.putLast(spent.key(), new Spent(sequence, spent.events(), spent.fingerprint(), since));
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
        Instant oldest = since(now);
        Iterator<Spent> entries = byKey.values().iterator();
        while (entries.hasNext() && entries.next().time().isBefore(oldest)) {
            entries.remove();
        }
    }
}
