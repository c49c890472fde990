package io.ritsem.runtime.entity;

import java.time.Clock;
import java.util.function.BooleanSupplier;

import io.ritsem.runtime.application.ApplicationModel;
import io.ritsem.runtime.journal.JournalLanes;

/**
 * What the entities of a node share. Immutable, thread-safe.
 *
 * @param history reads back what was stored
 * @param lanes where they write
 * @param clock tells the time of decisions
 * @param mayAnswer whether what is in memory is so: nobody else can have got the entities of this node
 * @param keys how many spent keys they may remember
 */
public record EntityHost(ApplicationModel application, EntityHistory history, JournalLanes lanes,
        EntitySettings settings, Clock clock, BooleanSupplier mayAnswer, KeyMemory keys) {

    /** The same with keys that may take an eighth of the heap. */
    public EntityHost(ApplicationModel application, EntityHistory history, JournalLanes lanes, EntitySettings settings,
            Clock clock, BooleanSupplier mayAnswer) {
        this(application, history, lanes, settings, clock, mayAnswer, KeyMemory.ofHeap());
    }
}
