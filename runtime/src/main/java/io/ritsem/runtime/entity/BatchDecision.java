package io.ritsem.runtime.entity;

import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;

import org.jspecify.annotations.Nullable;

import io.ritsem.domain.Context;
import io.ritsem.domain.Decision;
import io.ritsem.runtime.application.EntityModel;
import io.ritsem.runtime.entity.GateMessage.Read;
import io.ritsem.runtime.entity.GateMessage.Submit;
import io.ritsem.runtime.entity.GateMessage.Work;
import io.ritsem.runtime.gateway.CommandGateway;
import io.ritsem.runtime.gateway.CommandOutcome;
import io.ritsem.runtime.gateway.CommandOutcome.Accepted;
import io.ritsem.runtime.gateway.CommandOutcome.StoredEvent;
import io.ritsem.runtime.gateway.CommandRequest;
import io.ritsem.runtime.gateway.CommandRequest.Precondition;
import io.ritsem.runtime.gateway.EntityState;
import io.ritsem.runtime.journal.ConsistencyToken;
import io.ritsem.runtime.journal.EntityId;
import io.ritsem.runtime.journal.EventEnvelope;
import io.ritsem.runtime.journal.EventManifest;
import io.ritsem.runtime.journal.EventMetadata;
import io.ritsem.runtime.journal.SpentKey;
import io.ritsem.runtime.json.InvalidJsonException;
import io.ritsem.runtime.json.JsonType;

/**
 * Decides a batch in order, each command on the state after the former, and gathers what is to be stored and what is to
 * be answered once it is stored: not before, because a rejection may rest on an event of the same batch. Actor-confined,
 * for one batch.
 */
final class BatchDecision<C, E, S> {

    private static final int LARGEST_EVENT = 1 << 20;

    private final EntityModel<C, E, S> model;
    private final EntityHost host;
    private final EntityId id;
    private final KeyWindow keys;
    private final List<EventEnvelope> toStore = new ArrayList<>();
    private final List<Runnable> answers = new ArrayList<>();
    private final Set<String> refusedKeys = new HashSet<>();
    private Set<UUID> sentBefore = Set.of();
    private S state;
    private long version;
    private long transaction;

    BatchDecision(EntityModel<C, E, S> model, EntityHost host, EntityId id, KeyWindow keys) {
        this.model = model;
        this.host = host;
        this.id = id;
        this.keys = keys;
        this.state = model.entity().initial();
    }

    /** Decides them, beginning at a state and version, whose event a transaction stored: 0 if there is none. */
    BatchDecision<C, E, S> decide(S now, long at, long storedBy, ChildMessage.Decide message) {
        state = now;
        version = at;
        transaction = storedBy;
        sentBefore = message.sentBefore();
        for (Work work : message.batch()) {
            switch (work) {
                case Submit submit -> decide(submit);
                case Read read -> read(read);
            }
        }
        return this;
    }

    /** The events to store, all or none. */
    List<EventEnvelope> toStore() {
        return toStore;
    }

    /** Keys of which nothing is known here and with which nothing is to be stored: rejected, or accepted without events. Those of dry runs do not matter. */
    Set<String> refusedKeys() {
        return refusedKeys;
    }

    /** Gives all answers; to be called once everything is stored. */
    void answer() {
        answers.forEach(Runnable::run);
    }

    /** The one that stored the latest event, as of the answer that is being given: 0 if there is no event. */
    long transaction() {
        return transaction;
    }

    private @Nullable ConsistencyToken token() {
        return transaction == 0 ? null : host.history().tokenOf(id, transaction);
    }

    private void read(Read read) {
        try {
            long found = version;
            byte[] encoded = model.state().encode(state);
            answers.add(() -> read.replyTo()
                    .tell(encoded.length > CommandGateway.LARGEST_MESSAGE
                            ? new ReadOutcome.TooLarge(found, encoded.length, CommandGateway.LARGEST_MESSAGE)
                            : new ReadOutcome.Found(new EntityState(found, encoded, token()))));
        } catch (RuntimeException | LinkageError | AssertionError | StackOverflowError bug) {
            String traceId = Answers.logged(id, bug);
            answers.add(() -> Answers.failed(read, traceId));
        }
    }

    private void decide(Submit submit) {
        try {
            @Nullable CommandOutcome refusal = decideOrRefuse(submit);
            if (refusal != null) {
                answers.add(() -> tell(submit, refusal));
            }
        } catch (RuntimeException | LinkageError | AssertionError | StackOverflowError bug) {
            String traceId = Answers.logged(id, bug);
            answers.add(() -> tell(submit, new CommandOutcome.Failed(traceId)));
        }
    }

    /** Gives an answer with which nothing is stored. */
    private void tell(Submit submit, CommandOutcome outcome) {
        Answers.tell(submit, mayStillBeStored(submit) ? new CommandOutcome.OutcomeUnknown() : outcome);
    }

    /** An earlier write of it may come late, unless this batch has stored events: it has taken that one's place then. */
    private boolean mayStillBeStored(Submit submit) {
        return !submit.request().dryRun() && toStore.isEmpty() && sentBefore.contains(submit.commandId());
    }

    /** The outcome if nothing is to be stored, or null if the answer is yet to be made when the journal has stored. */
    private @Nullable CommandOutcome decideOrRefuse(Submit submit) {
        CommandRequest request = submit.request();
        Instant now = host.clock().instant().truncatedTo(ChronoUnit.MICROS);
        if (!request.deadline().isAfter(now)) {
            return new CommandOutcome.Unavailable("deadline-passed");
        }
        KeyWindow.@Nullable Spent spent = request.key() == null ? null : keys.find(request.key());
        @Nullable JsonType<? extends C> type = model.command(request.command());
        if (type == null) {
            return undecoded(submit, spent,
                    new CommandOutcome.UnknownCommand(request.command(), List.copyOf(model.commands().keySet())));
        }
        DecodedCommand<C> command;
        try {
            command = DecodedCommand.of(request, type);
        } catch (InvalidJsonException invalid) {
            return undecoded(submit, spent, new CommandOutcome.Invalid(invalid.violations()));
        }
        if (spent != null) {
            return replay(submit, spent, command);
        }
        if (request.key() != null && !request.dryRun()) {
            refusedKeys.add(request.key());
        }
        if (!holds(request.precondition())) {
            return new CommandOutcome.VersionMismatch(version);
        }
        Context context = new Context(id.id(), version, now, request.caller().name(), request.caller().traceparent());
        return switch (model.entity().decide(state, command.value(), context)) {
            case Decision.Rejected<? extends E> no -> new CommandOutcome.Rejected(no.code(), no.message(),
                    bounded("The details of the rejection '" + no.code() + "'", no.details()));
            case Decision.Accepted<? extends E> yes -> accept(submit, yes, command, now);
        };
    }

    /** What the application says beside its events, for which the same limit holds; beyond it is its bug. */
    private static byte[] bounded(String what, Object said) {
        byte[] json = JsonType.encodeValue(said);
        if (json.length > LARGEST_EVENT) {
            throw new IllegalStateException("%s has %d bytes; at most %d can be told".formatted(what, json.length,
                    LARGEST_EVENT));
        }
        return json;
    }

    private boolean holds(Precondition precondition) {
        return switch (precondition) {
            case Precondition.None _ -> true;
            case Precondition.Version(long expected) -> expected == version;
            case Precondition.Absent _ -> version == 0;
        };
    }

    /** What cannot be decoded here may have been stored by another version. */
    private @Nullable CommandOutcome undecoded(Submit submit, KeyWindow.@Nullable Spent spent, CommandOutcome refusal) {
        return spent == null || submit.request().dryRun() ? refusal : replay(submit, spent, null);
    }

    private @Nullable CommandOutcome replay(Submit submit, KeyWindow.Spent spent, @Nullable DecodedCommand<C> command) {
        byte @Nullable [] fingerprint = command == null ? null : command.fingerprint();
        answers.add(() -> Answers.replay(submit, spent, fingerprint, host.history(), id));
        return null;
    }

    private @Nullable CommandOutcome accept(Submit submit, Decision.Accepted<? extends E> decision,
            DecodedCommand<C> command, Instant now) {
        CommandRequest request = submit.request();
        byte @Nullable [] reply = decision.reply() == null ? null : bounded("The reply", decision.reply());
        S next = state;
        long sequence = version;
        List<StoredEvent> events = new ArrayList<>();
        for (E event : decision.events()) {
            next = model.entity().evolve(next, event);
            byte[] data = model.encode(event);
            if (data.length > LARGEST_EVENT) {
                return new CommandOutcome.TooLarge(model.nameOf(event), data.length, LARGEST_EVENT);
            }
            events.add(new StoredEvent(model.nameOf(event), ++sequence, data));
        }
        byte @Nullable [] stateAfter = request.returnState() ? model.state().encode(next) : null;
        if (request.dryRun()) {
            return new Accepted(version, events, reply, stateAfter, null, false);
        }
        if (events.isEmpty()) {
            return acceptNothing(submit, reply, stateAfter);
        }
        @Nullable SpentKey key = request.key() == null
                ? null
                : new SpentKey(request.key(), command.fingerprint(), events.size(), reply);
        List<EventEnvelope> envelopes = envelopes(submit, decision.events(), events, key, now);
        toStore.addAll(envelopes);
        if (key != null) {
            refusedKeys.remove(key.key());
        }
        state = next;
        version = sequence;
        answers.add(() -> {
            keys.remember(events.getFirst().sequence(), envelopes.getFirst().metadata());
            transaction = envelopes.getLast().transactionId();
            Answers.tell(submit,
                    new Accepted(events.getLast().sequence(), events, reply, stateAfter, token(), false));
        });
        return null;
    }

    /** What is the latest event is known when the former commands of the batch are stored. */
    private @Nullable CommandOutcome acceptNothing(Submit submit, byte @Nullable [] reply, byte @Nullable [] state) {
        long unchanged = version;
        answers.add(() -> tell(submit, new Accepted(unchanged, List.of(), reply, state, token(), false)));
        return null;
    }

    private List<EventEnvelope> envelopes(Submit submit, List<? extends E> decided, List<StoredEvent> events,
            @Nullable SpentKey key, Instant now) {
        CommandRequest.Caller caller = submit.request().caller();
        List<EventEnvelope> envelopes = new ArrayList<>(events.size());
        for (int i = 0; i < events.size(); i++) {
            EventMetadata metadata = new EventMetadata(now, caller.name(), caller.correlation(), submit.commandId(),
                    caller.traceparent(), i == 0 ? key : null);
            EventManifest manifest = new EventManifest(id.type(), events.get(i).event(),
                    model.versionOf(decided.get(i)));
            envelopes.add(EventEnvelope.decided(manifest, events.get(i).sequence(), events.get(i).data(), metadata,
                    decided.get(i)));
        }
        return envelopes;
    }
}
