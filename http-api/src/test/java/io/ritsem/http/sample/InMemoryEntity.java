package io.ritsem.http.sample;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;

import org.jspecify.annotations.Nullable;

import io.ritsem.domain.Context;
import io.ritsem.domain.Decision;
import io.ritsem.runtime.application.EntityModel;
import io.ritsem.runtime.gateway.CommandOutcome;
import io.ritsem.runtime.gateway.CommandOutcome.Accepted;
import io.ritsem.runtime.gateway.CommandOutcome.StoredEvent;
import io.ritsem.runtime.gateway.CommandRequest;
import io.ritsem.runtime.gateway.CommandRequest.Precondition;
import io.ritsem.runtime.gateway.EntityState;
import io.ritsem.runtime.journal.ConsistencyToken;
import io.ritsem.runtime.journal.EntityId;
import io.ritsem.runtime.journal.EventManifest;
import io.ritsem.runtime.journal.EventMetadata;
import io.ritsem.runtime.journal.Position;
import io.ritsem.runtime.journal.RecordedEvent;
import io.ritsem.runtime.journal.SpentKey;
import io.ritsem.runtime.json.InvalidJsonException;
import io.ritsem.runtime.json.JsonType;

/** One entity in memory. Thread-safe: one command at a time. */
final class InMemoryEntity<C, E, S> {

    private record Spent(String fingerprint, Accepted answer) {}

    private final EntityModel<C, E, S> model;
    private final EntityId id;
    private final List<RecordedEvent> journal = new ArrayList<>();
    private final Map<String, Spent> keys = new HashMap<>();

    private InMemoryEntity(EntityModel<C, E, S> model, EntityId id) {
        this.model = model;
        this.id = id;
    }

    static <C, E, S> InMemoryEntity<C, E, S> of(EntityModel<C, E, S> model, EntityId id) {
        return new InMemoryEntity<>(model, id);
    }

    synchronized CommandOutcome decide(CommandRequest request) {
        @Nullable JsonType<? extends C> type = model.command(request.command());
        if (type == null) {
            return new CommandOutcome.UnknownCommand(request.command(), List.copyOf(model.commands().keySet()));
        }
        C command;
        try {
            command = type.decode(request.body());
        } catch (InvalidJsonException invalid) {
            return new CommandOutcome.Invalid(invalid.violations());
        }
        String fingerprint = request.command() + new String(JsonType.encodeValue(command), StandardCharsets.UTF_8);
        @Nullable Spent spent = request.key() == null ? null : keys.get(request.key());
        if (spent != null) {
            return spent.fingerprint().equals(fingerprint) ? replay(spent.answer()) : new CommandOutcome.KeyReused();
        }
        boolean holds = switch (request.precondition()) {
            case Precondition.None() -> true;
            case Precondition.Version(long version) -> version == journal.size();
            case Precondition.Absent() -> journal.isEmpty();
        };
        return holds ? decide(request, command, fingerprint) : new CommandOutcome.VersionMismatch(journal.size());
    }

    private static Accepted replay(Accepted first) {
        return new Accepted(first.version(), first.events(), first.reply(), first.state(), first.token(), true);
    }

    private CommandOutcome decide(CommandRequest request, C command, String fingerprint) {
        Instant now = Instant.now().truncatedTo(ChronoUnit.MICROS);
        S state = fold(journal.size());
        Decision<? extends E> decision;
        try {
            decision = model.entity()
                    .decide(state, command,
                            new Context(id.id(), journal.size(), now, null, request.caller().traceparent()));
        } catch (IllegalStateException planted) {
            return new CommandOutcome.Failed("0123456789abcdef0123456789abcdef");
        }
        return switch (decision) {
            case Decision.Rejected<? extends E> rejected -> new CommandOutcome.Rejected(rejected.code(),
                    rejected.message(), JsonType.encodeValue(rejected.details()));
            case Decision.Accepted<? extends E> accepted -> accept(request, accepted, now, fingerprint);
        };
    }

    private CommandOutcome accept(CommandRequest request, Decision.Accepted<? extends E> accepted, Instant now,
            String fingerprint) {
        S state = fold(journal.size());
        byte @Nullable [] reply = accepted.reply() == null ? null : JsonType.encodeValue(accepted.reply());
        List<StoredEvent> stored = new ArrayList<>();
        List<RecordedEvent> rows = new ArrayList<>();
        UUID causation = UUID.randomUUID();
        for (E event : accepted.events()) {
            long sequence = journal.size() + stored.size() + 1L;
            byte[] data = model.encode(event);
            stored.add(new StoredEvent(model.nameOf(event), sequence, data));
            @Nullable SpentKey key = request.key() == null || !rows.isEmpty()
                    ? null
                    : new SpentKey(request.key(), new byte[32], accepted.events().size(), reply);
            rows.add(new RecordedEvent(id, sequence, 3, new Position(sequence, sequence),
                    new EventManifest(id.type(), model.nameOf(event), model.versionOf(event)), data,
                    new EventMetadata(now, null,
                            request.caller().correlation(), causation, request.caller().traceparent(), key)));
            state = model.entity().evolve(state, event);
        }
        long version = journal.size() + (request.dryRun() ? 0L : stored.size());
        boolean stores = !request.dryRun() && !stored.isEmpty();
        Accepted answer = new Accepted(version, stored, reply,
                request.returnState() ? model.state().encode(state) : null,
                request.dryRun() ? null : token(version), false);
        if (stores) {
            journal.addAll(rows);
            if (request.key() != null) {
                keys.put(request.key(), new Spent(fingerprint, answer));
            }
        }
        return answer;
    }

    private S fold(long version) {
        S state = model.entity().initial();
        for (RecordedEvent event : journal.subList(0, (int) version)) {
            state = model.evolve(state, event.manifest().event(), event.manifest().version(), event.data());
        }
        return state;
    }

    private static @Nullable ConsistencyToken token(long version) {
        return version == 0 ? null : ConsistencyToken.of(1, 3, version);
    }

    synchronized EntityState state() {
        return new EntityState(journal.size(), model.state().encode(fold(journal.size())), token(journal.size()));
    }

    synchronized @Nullable EntityState stateAt(long version) {
        return version > journal.size() ? null : new EntityState(version, model.state().encode(fold(version)), null);
    }

    synchronized @Nullable EntityState stateAt(Instant time) {
        long version = journal.stream().filter(event -> !event.metadata().time().isAfter(time)).count();
        return version == 0 ? null : stateAt(version);
    }

    synchronized List<RecordedEvent> events(long after, int limit) {
        return journal.stream().filter(event -> event.sequence() > after).limit(limit).toList();
    }
}
