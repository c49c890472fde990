package io.ritsem.runtime.sharding;

import io.ritsem.runtime.gateway.CommandOutcome;
import io.ritsem.runtime.gateway.CommandOutcome.Accepted;
import io.ritsem.runtime.gateway.CommandOutcome.Failed;
import io.ritsem.runtime.gateway.CommandOutcome.Invalid;
import io.ritsem.runtime.gateway.CommandOutcome.KeyInFlight;
import io.ritsem.runtime.gateway.CommandOutcome.KeyReused;
import io.ritsem.runtime.gateway.CommandOutcome.Omitted;
import io.ritsem.runtime.gateway.CommandOutcome.OutcomeUnknown;
import io.ritsem.runtime.gateway.CommandOutcome.Rejected;
import io.ritsem.runtime.gateway.CommandOutcome.StoredEvent;
import io.ritsem.runtime.gateway.CommandOutcome.TooLarge;
import io.ritsem.runtime.gateway.CommandOutcome.Unavailable;
import io.ritsem.runtime.gateway.CommandOutcome.UnknownCommand;
import io.ritsem.runtime.gateway.CommandOutcome.VersionMismatch;
import io.ritsem.runtime.journal.ConsistencyToken;
import io.ritsem.runtime.json.Violation;

/** How an outcome travels. Stateless. */
final class OutcomeWire {

    private OutcomeWire() {}

    static String manifest(CommandOutcome outcome) {
        return switch (outcome) {
            case Accepted accepted -> "accepted/1";
            case Rejected rejected -> "rejected/1";
            case Invalid invalid -> "invalid/1";
            case UnknownCommand unknown -> "unknown-command/1";
            case VersionMismatch mismatch -> "version-mismatch/1";
            case KeyReused reused -> "key-reused/1";
            case KeyInFlight _ -> "key-in-flight/1";
            case TooLarge large -> "too-large/1";
            case Unavailable unavailable -> "unavailable/1";
            case OutcomeUnknown unknown -> "outcome-unknown/1";
            case Failed failed -> "failed/1";
        };
    }

    static void write(CommandOutcome outcome, WireWriter out) {
        switch (outcome) {
            case Accepted accepted -> write(accepted, out);
            case Rejected(String code, String message, byte[] details) -> out.text(code).text(message).bytes(details);
            case Invalid(var violations) -> out.list(violations,
                    each -> out.text(each.pointer()).text(each.code()).text(each.message()));
            case UnknownCommand(String name, var known) -> out.text(name).list(known, out::text);
            case VersionMismatch(long current) -> out.number(current);
            case TooLarge(String event, int bytes, int limit) -> out.text(event).number(bytes).number(limit);
            case Unavailable(String reason) -> out.text(reason);
            case Failed(String traceId) -> out.text(traceId);
            case KeyReused _ -> {
                // says everything by its manifest
            }
            case KeyInFlight _ -> {
                // says everything by its manifest
            }
            case OutcomeUnknown _ -> {
                // says everything by its manifest
            }
        }
    }

    static CommandOutcome read(String manifest, WireReader in) {
        return switch (manifest) {
            case "accepted/1" -> accepted(in);
            case "rejected/1" -> new Rejected(in.text(), in.text(), in.bytes());
            case "invalid/1" -> new Invalid(in.list(() -> new Violation(in.text(), in.text(), in.text())));
            case "unknown-command/1" -> new UnknownCommand(in.text(), in.list(in::text));
            case "version-mismatch/1" -> new VersionMismatch(in.number());
            case "key-reused/1" -> new KeyReused();
            case "key-in-flight/1" -> new KeyInFlight();
            case "too-large/1" -> new TooLarge(in.text(), (int) in.number(), (int) in.number());
            case "unavailable/1" -> new Unavailable(in.text());
            case "outcome-unknown/1" -> new OutcomeUnknown();
            case "failed/1" -> new Failed(in.text());
            default -> throw new IllegalArgumentException("Not a message between nodes: " + manifest);
        };
    }

    private static void write(Accepted accepted, WireWriter out) {
        out.number(accepted.version())
                .list(accepted.events(),
                        event -> out.text(event.event()).number(event.sequence()).bytes(event.data()))
                .optional(accepted.reply(), out::bytes)
                .optional(accepted.state(), out::bytes)
                .optional(accepted.token(), token -> out.text(token.encode()))
                .flag(accepted.replayed())
                .optional(accepted.omitted(),
                        omitted -> out.list(omitted.parts(), out::text)
                                .number(omitted.bytes())
                                .number(omitted.limit()));
    }

    private static Accepted accepted(WireReader in) {
        return new Accepted(in.number(), in.list(() -> new StoredEvent(in.text(), in.number(), in.bytes())),
                in.optional(in::bytes), in.optional(in::bytes),
                in.optional(() -> ConsistencyToken.parse(in.text())), in.flag(),
                in.added(() -> new Omitted(in.list(in::text), in.number(), (int) in.number())));
    }
}
