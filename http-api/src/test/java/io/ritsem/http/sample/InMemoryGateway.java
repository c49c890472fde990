package io.ritsem.http.sample;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;

import org.jspecify.annotations.Nullable;

import io.ritsem.runtime.application.ApplicationModel;
import io.ritsem.runtime.application.EntityModel;
import io.ritsem.runtime.gateway.CommandGateway;
import io.ritsem.runtime.gateway.CommandOutcome;
import io.ritsem.runtime.gateway.CommandRequest;
import io.ritsem.runtime.gateway.EntityState;
import io.ritsem.runtime.gateway.UnavailableException;
import io.ritsem.runtime.journal.EntityId;
import io.ritsem.runtime.journal.EventPage;

/**
 * Decides in memory, and keeps every request. A test can put another answer in the way of a command, or make reads fail.
 * Thread-safe.
 */
public final class InMemoryGateway implements CommandGateway {

    /** What becomes of a command instead of deciding it. */
    public interface Interception {

        /** The outcome, or null to let the entity decide. */
        @Nullable CompletionStage<CommandOutcome> of(CommandRequest request);
    }

    private final ApplicationModel application;
    private final Map<EntityId, InMemoryEntity<?, ?, ?>> entities = new ConcurrentHashMap<>();
    private final Queue<CommandRequest> requests = new ConcurrentLinkedQueue<>();
    private volatile Interception interception = request -> null;
    private volatile @Nullable String unavailable;
    private volatile boolean recording = true;

    public InMemoryGateway(ApplicationModel application) {
        this.application = application;
    }

    /** From now on. */
    public void intercept(Interception instead) {
        interception = instead;
    }

    /** Reads fail for this reason from now on; null: they do not. */
    public void failReads(@Nullable String reason) {
        unavailable = reason;
    }

    /** Keeps no requests any more. */
    public void recordNothing() {
        recording = false;
    }

    /** All that came, in order. */
    public List<CommandRequest> requests() {
        return List.copyOf(requests);
    }

    /** Forgets what was put in the way, and what came. */
    public void reset() {
        interception = request -> null;
        unavailable = null;
        requests.clear();
    }

    @Override public CompletionStage<CommandOutcome> submit(CommandRequest request) {
        if (recording) {
            requests.add(request);
        }
        @Nullable CompletionStage<CommandOutcome> instead = interception.of(request);
        return instead != null
                ? instead
                : CompletableFuture.completedFuture(entity(request.entity()).decide(request));
    }

    private InMemoryEntity<?, ?, ?> entity(EntityId id) {
        return entities.computeIfAbsent(id, _ -> InMemoryEntity.of(model(id), id));
    }

    private EntityModel<?, ?, ?> model(EntityId id) {
        @Nullable EntityModel<?, ?, ?> model = application.entity(id.type());
        if (model == null) {
            throw new IllegalArgumentException("No entity type " + id.type());
        }
        return model;
    }

    @Override public CompletionStage<EntityState> state(EntityId entity, Instant deadline) {
        return read(() -> entity(entity).state());
    }

    @Override public CompletionStage<@Nullable EntityState> stateAt(EntityId entity, long version, Instant deadline) {
        return read(() -> entity(entity).stateAt(version));
    }

    @Override public CompletionStage<@Nullable EntityState> stateAt(EntityId entity, Instant time, Instant deadline) {
        return read(() -> entity(entity).stateAt(time));
    }

    @Override public CompletionStage<EventPage> events(EntityId entity, long after, int limit,
            Instant deadline) {
        return read(() -> new EventPage(entity(entity).events(after, limit), false));
    }

    private <T> CompletionStage<T> read(java.util.function.Supplier<T> reader) {
        @Nullable String reason = unavailable;
        return reason == null
                ? CompletableFuture.completedFuture(reader.get())
                : CompletableFuture.failedFuture(new UnavailableException(reason));
    }
}
