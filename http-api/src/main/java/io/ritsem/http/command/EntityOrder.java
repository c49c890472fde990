package io.ritsem.http.command;

import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;

import org.jspecify.annotations.Nullable;

import io.ritsem.runtime.journal.EntityId;

/**
 * Lets the lines of one entity go one after the other, and those of different entities side by side. Thread-safe: lines
 * come from the thread that reads, and go on by the threads that bring outcomes.
 */
final class EntityOrder {

    /** Beyond so many entities that failed, all count as failed: the memory of them is bounded. */
    private static final int MOST_BROKEN = 10_000;

    private final Map<EntityId, CompletableFuture<Void>> last = new ConcurrentHashMap<>();
    private final Set<EntityId> broken = ConcurrentHashMap.newKeySet();

    /**
     * Starts a line when those of its entity before it have their results.
     *
     * @param result the line's own, to be completed by whom {@code start} calls
     * @param start told whether an earlier line of the entity was not decided or is in doubt
     */
    void next(EntityId entity, CompletableFuture<BulkResult> result, Consumer<Boolean> start) {
        // Who waits must be told after the order is known to be broken, and a future tells the latest who asked first.
        CompletableFuture<Void> settled = new CompletableFuture<>();
        @Nullable CompletableFuture<Void> before = last.put(entity, settled);
        var _ = result.thenAccept(done -> {
            if (done.breaksOrder()) {
                broken.add(entity);
            }
            last.remove(entity, settled);
            settled.complete(null);
        });
        if (before == null) {
            start.accept(isBroken(entity));
        } else {
            var _ = before.thenRun(() -> start.accept(isBroken(entity)));
        }
    }

    private boolean isBroken(EntityId entity) {
        return broken.contains(entity) || broken.size() > MOST_BROKEN;
    }
}
