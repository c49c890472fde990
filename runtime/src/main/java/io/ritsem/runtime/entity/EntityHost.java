package io.ritsem.runtime.entity;

import java.time.Clock;

import io.ritsem.runtime.application.ApplicationModel;
import io.ritsem.runtime.journal.JournalLanes;

/**
 * What the entities of a node share. Immutable, thread-safe.
 *
 * @param history reads back what was stored
 * @param lanes where they write
 * @param clock tells the time of decisions
 */
public record EntityHost(ApplicationModel application, EntityHistory history, JournalLanes lanes,
        EntitySettings settings, Clock clock) {}
