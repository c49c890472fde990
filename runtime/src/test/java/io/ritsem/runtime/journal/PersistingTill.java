package io.ritsem.runtime.journal;

import java.util.ArrayList;
import java.util.List;

import akka.actor.typed.ActorRef;
import akka.actor.typed.Behavior;
import akka.actor.typed.javadsl.Behaviors;
import akka.persistence.typed.PersistenceId;
import akka.persistence.typed.javadsl.CommandHandler;
import akka.persistence.typed.javadsl.EventHandler;
import akka.persistence.typed.javadsl.EventSourcedBehavior;

/** A persistent actor that keeps the envelopes it has persisted, and those it recovered. Actor-confined. */
final class PersistingTill extends EventSourcedBehavior<PersistingTill.Message, EventEnvelope, List<EventEnvelope>> {

    sealed interface Message {}

    /** Persists one event and answers with its envelope, as the journal left it. */
    record Deposit(EventMetadata metadata, ActorRef<EventEnvelope> replyTo) implements Message {}

    record Read(ActorRef<List<EventEnvelope>> replyTo) implements Message {}

    private final String plugin;

    private PersistingTill(String id, JournalLanes lanes) {
        super(PersistenceId.ofUniqueId(id));
        this.plugin = lanes.pluginIdOf(id);
    }

    static Behavior<Message> of(String id, JournalLanes lanes) {
        return Behaviors.setup(_ -> new PersistingTill(id, lanes));
    }

    @Override public String journalPluginId() {
        return plugin;
    }

    @Override public String snapshotPluginId() {
        return "akka.persistence.no-snapshot-store";
    }

    @Override public List<EventEnvelope> emptyState() {
        return List.of();
    }

    @Override public CommandHandler<Message, EventEnvelope, List<EventEnvelope>> commandHandler() {
        return newCommandHandlerBuilder().forAnyState().onCommand(Deposit.class, (state, deposit) -> {
            var event = TestJournal.event(persistenceId().id(), state.size() + 1L, deposit.metadata());
            EventEnvelope envelope = (EventEnvelope) event.payload();
            return Effect().persist(envelope).thenRun(_ -> deposit.replyTo().tell(envelope));
        }).onCommand(Read.class, (state, read) -> {
            read.replyTo().tell(state);
            return Effect().none();
        }).build();
    }

    @Override public EventHandler<List<EventEnvelope>, EventEnvelope> eventHandler() {
        return (state, event) -> {
            List<EventEnvelope> next = new ArrayList<>(state);
            next.add(event);
            return List.copyOf(next);
        };
    }
}
