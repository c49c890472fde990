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
 */
public record EntityHost(ApplicationModel application, EntityHistory history, JournalLanes lanes,
        EntitySettings settings, Clock clock, BooleanSupplier mayAnswer) {}
