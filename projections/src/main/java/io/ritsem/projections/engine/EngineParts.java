package io.ritsem.projections.engine;

import java.util.concurrent.Executor;

import io.ritsem.projections.store.GenerationCleanUp;
import io.ritsem.projections.store.GenerationSwitch;
import io.ritsem.projections.store.ViewStore;
import io.ritsem.runtime.application.ApplicationModel;
import io.ritsem.runtime.journal.JournalReader;

/**
 * What all views of a node share. Thread-safe.
 *
 * @param tail what feeds them
 * @param executor platform threads that may block, one at least for each view and one more to read ahead: a view whose
 *     handler is slow must not take a thread from anybody else
 */
public record EngineParts(ApplicationModel application, JournalReader journal, ViewStore store,
        GenerationSwitch generations, GenerationCleanUp cleanUp,
        Leases leases, TailPulse tail, Executor executor, EngineSettings settings) {}
