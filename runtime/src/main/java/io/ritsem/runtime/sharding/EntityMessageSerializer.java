package io.ritsem.runtime.sharding;

import akka.actor.ExtendedActorSystem;
import akka.actor.typed.ActorRef;
import akka.actor.typed.ActorRefResolver;
import akka.actor.typed.javadsl.Adapter;
import akka.serialization.SerializerWithStringManifest;
import org.jspecify.annotations.Nullable;

import io.ritsem.runtime.entity.GateMessage;
import io.ritsem.runtime.entity.ReadOutcome;
import io.ritsem.runtime.gateway.CommandOutcome;
import io.ritsem.runtime.gateway.CommandRequest;
import io.ritsem.runtime.gateway.CommandRequest.Caller;
import io.ritsem.runtime.gateway.CommandRequest.Precondition;
import io.ritsem.runtime.gateway.EntityState;
import io.ritsem.runtime.journal.ConsistencyToken;
import io.ritsem.runtime.journal.EntityId;

/**
 * What travels between nodes: commands and reads one way, outcomes the other. The body of a command is carried as it
 * came. The manifest names the message, so that a newer node can add one. A field that can be missed is added at the end:
 * a node that does not know it stops reading before it, one that does finds nothing there. Any other needs a new manifest.
 * Thread-safe.
 */
final class EntityMessageSerializer extends SerializerWithStringManifest {

    private static final int ID = 7_002;

    private static final String SUBMIT = "submit/1";
    private static final String READ = "read/1";
    private static final String STOP = "stop/1";
    private static final String FOUND = "found/1";
    private static final String NOT_FOUND_NOW = "read-unavailable/1";
    private static final String READ_FAILED = "read-failed/1";

    private static final long ANY = -1;
    private static final long ABSENT = -2;

    private final ActorRefResolver refs;

    /** Called by Akka, once per actor system. */
    EntityMessageSerializer(ExtendedActorSystem system) {
        refs = ActorRefResolver.get(Adapter.toTyped(system));
    }

    @Override public int identifier() {
        return ID;
    }

    @Override public String manifest(Object message) {
        return switch (message) {
            case GateMessage.Submit _ -> SUBMIT;
            case GateMessage.Read _ -> READ;
            case GateMessage.Stop _ -> STOP;
            case ReadOutcome.Found _ -> FOUND;
            case ReadOutcome.Unavailable _ -> NOT_FOUND_NOW;
            // a node that does not know the one takes it for the other
            case ReadOutcome.Failed _,ReadOutcome.TooLarge _ -> READ_FAILED;
            case CommandOutcome outcome -> OutcomeWire.manifest(outcome);
            default ->
                    throw new IllegalArgumentException("Not a message between nodes: " + message.getClass().getName());
        };
    }

    @Override public byte[] toBinary(Object message) {
        WireWriter out = new WireWriter();
        switch (message) {
            case GateMessage.Submit submit -> write(submit, out);
            case GateMessage.Read read -> out.instant(read.deadline())
                    .text(refs.toSerializationFormat(read.replyTo()))
                    .flag(read.repeated());
            case GateMessage.Stop _ -> {
                // says everything by its manifest
            }
            case ReadOutcome.Found(EntityState state) -> out.number(state.version())
                    .bytes(state.state())
                    .optional(state.token(), token -> out.text(token.encode()));
            case ReadOutcome.Unavailable(String reason) -> out.text(reason);
            case ReadOutcome.Failed(String traceId) -> out.text(traceId);
            case ReadOutcome.TooLarge large -> out.text("state-too-large")
                    .optional(large, _ -> out.number(large.version()).number(large.bytes()).number(large.limit()));
            case CommandOutcome outcome -> OutcomeWire.write(outcome, out);
            default ->
                    throw new IllegalArgumentException("Not a message between nodes: " + message.getClass().getName());
        }
        return out.written();
    }

    @Override public Object fromBinary(byte[] bytes, String manifest) {
        WireReader in = new WireReader(bytes);
        return switch (manifest) {
            case SUBMIT -> readSubmit(in);
            case READ -> {
                var deadline = in.instant();
                ActorRef<ReadOutcome> replyTo = refs.resolveActorRef(in.text());
                yield new GateMessage.Read(deadline, replyTo, in.flag());
            }
            case STOP -> new GateMessage.Stop();
            case FOUND -> new ReadOutcome.Found(
                    new EntityState(in.number(), in.bytes(), in.added(() -> ConsistencyToken.parse(in.text()))));
            case NOT_FOUND_NOW -> new ReadOutcome.Unavailable(in.text());
            case READ_FAILED -> readFailed(in);
            default -> OutcomeWire.read(manifest, in);
        };
    }

    private static ReadOutcome readFailed(WireReader in) {
        String traceId = in.text();
        ReadOutcome.@Nullable TooLarge large = in.added(
                () -> new ReadOutcome.TooLarge(in.number(), (int) in.number(), (int) in.number()));
        return large == null ? new ReadOutcome.Failed(traceId) : large;
    }

    private void write(GateMessage.Submit submit, WireWriter out) {
        CommandRequest request = submit.request();
        out.text(request.entity().persistenceId())
                .text(request.command())
                .bytes(request.body())
                .optional(request.key(), out::text)
                .number(expected(request.precondition()))
                .flag(request.dryRun())
                .flag(request.returnState())
                .instant(request.deadline())
                .optional(request.caller().name(), out::text)
                .optional(request.caller().correlation(), out::text)
                .optional(request.caller().traceparent(), out::text)
                .uuid(submit.commandId())
                .text(refs.toSerializationFormat(submit.replyTo()))
                .flag(submit.repeated());
    }

    private GateMessage.Submit readSubmit(WireReader in) {
        CommandRequest request = new CommandRequest(EntityId.ofPersistenceId(in.text()), in.text(), in.bytes(),
                in.optional(in::text), precondition(in.number()), in.flag(), in.flag(), in.instant(),
                new Caller(in.optional(in::text), in.optional(in::text), in.optional(in::text)));
        var commandId = in.uuid();
        ActorRef<CommandOutcome> replyTo = refs.resolveActorRef(in.text());
        return new GateMessage.Submit(request, commandId, replyTo, in.flag());
    }

    private static long expected(Precondition precondition) {
        return switch (precondition) {
            case Precondition.None _ -> ANY;
            case Precondition.Absent _ -> ABSENT;
            case Precondition.Version(long version) -> version;
        };
    }

    private static Precondition precondition(long expected) {
        if (expected == ANY) {
            return Precondition.NONE;
        }
        return expected == ABSENT ? new Precondition.Absent() : new Precondition.Version(expected);
    }
}
