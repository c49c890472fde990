package io.ritsem.runtime.entity;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;

import io.ritsem.runtime.journal.JournalReader;

/**
 * Asks whether what has been committed is safe, on a standby perhaps: once at a time, for all who have asked meanwhile. So
 * a standby that is away takes one connection, however many wait to know. Thread-safe.
 */
final class Confirmations {

    private final JournalReader journal;
    private final Executor blocking;
    private CompletableFuture<Void> last = CompletableFuture.completedFuture(null);
    private boolean lastHasBegun = true;

    Confirmations(JournalReader journal, Executor blocking) {
        this.journal = journal;
        this.blocking = blocking;
    }

    /** Done when all that was visible at the call is confirmed; fails if the server does not say so. */
    synchronized CompletionStage<Void> ofAllBefore() {
        if (lastHasBegun) {
            lastHasBegun = false;
            last = last.handle((_, _) -> null).thenRunAsync(this::ask, blocking);
        }
        return last;
    }

    private void ask() {
        begin();
        journal.awaitConfirmation();
    }

    private synchronized void begin() {
        lastHasBegun = true;
    }
}
