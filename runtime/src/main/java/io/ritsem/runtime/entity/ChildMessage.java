package io.ritsem.runtime.entity;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;

import io.ritsem.runtime.journal.JournalReader.Standing;
import io.ritsem.runtime.journal.SpentKey;

/** What the persistent child is told, by its gate and by itself. Immutable; never leaves the node. */
sealed interface ChildMessage {

    /**
     * Decide these in order and store what follows, all at once. Sent only after the child has said that it is ready.
     *
     * @param sentBefore of which commands an earlier write may still come
     */
    record Decide(List<GateMessage.Work> batch, Set<UUID> sentBefore) implements ChildMessage {}

    /**
     * What a snapshot does not tell.
     *
     * @param keys those that the child has not seen or has forgotten since, by their first event's sequence
     * @param transaction the one that stored the latest event
     */
    record KeysLoaded(Map<Long, SpentKey> keys, long transaction) implements ChildMessage {}

    /**
     * What the journal knows that forbids to answer.
     *
     * @param spent of the keys with which nothing was to be stored, those that are
     * @param standing where the entity stands, if that was asked
     */
    record LookedUp(Map<Long, SpentKey> spent, Optional<Standing> standing) implements ChildMessage {}

    /** The journal could not be asked. */
    record LookFailed(Throwable cause) implements ChildMessage {}
}
