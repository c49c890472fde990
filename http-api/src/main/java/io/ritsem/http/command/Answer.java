package io.ritsem.http.command;

import java.util.List;

import io.ritsem.http.problem.InvalidInput;
import io.ritsem.http.problem.Problem;
import io.ritsem.runtime.gateway.CommandOutcome;
import io.ritsem.runtime.gateway.CommandRequest;
import io.ritsem.runtime.json.Violation;

/** What became of a command, for a client. The one place that maps outcomes to HTTP. */
sealed interface Answer {

    /** 200. */
    record Done(CommandOutcome.Accepted accepted) implements Answer {}

    /** Anything else. */
    record Refused(Problem problem) implements Answer {}

    /** @param bodyPointer where the command's fields are in what the client sent: empty, or {@code /data} */
    static Answer of(CommandRequest request, CommandOutcome outcome, String bodyPointer) {
        return switch (outcome) {
            case CommandOutcome.Accepted accepted -> new Done(accepted);
            case CommandOutcome.Rejected rejected -> refused(rejection(rejected));
            case CommandOutcome.Invalid(List<Violation> violations) -> refused(Problem.invalidBody(violations.stream()
                    .map(each -> new Violation(bodyPointer + each.pointer(), each.code(), each.message()))
                    .map(InvalidInput::body)
                    .toList()));
            case CommandOutcome.UnknownCommand(String name, List<String> known) ->
                    refused(Problem.unknown("unknown-command", "entity type or command", name, known));
            case CommandOutcome.VersionMismatch(long current) -> refused(Problem.of(412, "version-mismatch",
                    "%s %s is at version %d".formatted(request.entity().type(), request.entity().id(), current))
                    .with("current", current));
            case CommandOutcome.KeyReused() -> refused(Problem.of(422, "idempotency-key-reused",
                    "This idempotency key was spent by another command or body; a new command needs a new key"));
            case CommandOutcome.KeyInFlight() -> refused(Problem.of(409, "key-in-flight",
                    "A command with this idempotency key is still running; send it again later, with the same key"));
            case CommandOutcome.TooLarge(String event, int bytes, int limit) ->
                    refused(Problem.of(413, "event-too-large",
                            "The event '%s' would have %d bytes; the limit is %d".formatted(event, bytes, limit)));
            case CommandOutcome.Unavailable(String reason) -> refused(unavailable(reason));
            case CommandOutcome.OutcomeUnknown() -> refused(unknown());
            case CommandOutcome.Failed(String traceId) -> refused(Problem.bug(traceId));
        };
    }

    /** 503: nothing was stored. */
    static Problem unavailable(String reason) {
        if (reason.equals("older-nodes-at-work")) {
            return Problem.unavailable(reason, "Nothing was stored, since a node at work could not read it; send the "
                    + "command again when that node is gone: a node that was killed counts for up to a minute", 1);
        }
        return Problem.unavailable(reason, "The command was not decided and nothing was stored (%s); send it again"
                .formatted(reason.replace('-', ' ')), 1);
    }

    /** 504: perhaps something was stored. */
    static Problem unknown() {
        return Problem.of(504, Problem.OUTCOME_UNKNOWN,
                "Nobody can say in time whether the command was stored; send it again with the same idempotency key");
    }

    private static Problem rejection(CommandOutcome.Rejected rejected) {
        Problem problem = Problem.of(422, rejected.code(), rejected.message());
        boolean hasDetails = rejected.details().length > "{}".length();
        return hasDetails ? problem.with("details", rejected.details()) : problem;
    }

    private static Answer refused(Problem problem) {
        return new Refused(problem);
    }
}
