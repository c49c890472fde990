package io.ritsem.http.command;

import java.io.IOException;
import java.io.OutputStream;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.CompletableFuture;

import io.helidon.webserver.CloseConnectionException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import io.ritsem.http.entity.EntityAddresses;
import io.ritsem.http.json.JsonBytes;
import io.ritsem.http.problem.InvalidInput;
import io.ritsem.http.problem.Problem;
import io.ritsem.http.problem.ProblemException;
import io.ritsem.http.server.ByteBudget;
import io.ritsem.http.server.Exchange;
import io.ritsem.http.server.Exchange.BodyStream;
import io.ritsem.http.server.HttpSettings;
import io.ritsem.runtime.gateway.CommandGateway;
import io.ritsem.runtime.gateway.CommandOutcome;
import io.ritsem.runtime.gateway.CommandRequest;
import io.ritsem.runtime.gateway.CommandRequest.Caller;
import io.ritsem.runtime.gateway.CommandRequest.Precondition;
import io.ritsem.runtime.journal.EntityId;

/**
 * One bulk request. Lines are read and sent by the connection's thread, results written by another; outcomes come in on the
 * gateway's threads.
 */
final class BulkRun {

    private static final Logger LOG = LoggerFactory.getLogger(BulkRun.class);
    private static final Duration MARGIN = Duration.ofSeconds(1);
    private static final int BUFFERS = BulkLines.READ + BulkResults.BUFFER;

    private final Exchange exchange;
    private final CommandGateway gateway;
    private final EntityAddresses addresses;
    private final Caller caller;
    private final String traceId;
    private final HttpSettings settings;
    private final ByteBudget budget;
    private final EntityOrder order = new EntityOrder();

    BulkRun(Exchange exchange, CommandGateway gateway, EntityAddresses addresses, Caller caller) {
        this.exchange = exchange;
        this.gateway = gateway;
        this.addresses = addresses;
        this.caller = caller;
        this.traceId = exchange.traceId();
        this.settings = exchange.settings();
        this.budget = exchange.budget();
    }

    /**
     * Runs it to its end.
     *
     * @throws ProblemException 503 if the node holds too many bytes already to begin
     * @throws CloseConnectionException if the client goes, or its body is malformed
     */
    void run(BodyStream body) {
        try (ByteBudget.Share buffers = budget.share()) {
            buffers.take(BUFFERS);
            answer(body);
        }
    }

    private void answer(BodyStream body) {
        exchange.sendsCommands();
        OutputStream out = exchange.stream(Exchange.NDJSON);
        BulkResults results = new BulkResults(out,
                new BulkResults.Limits(settings.bulkWindow(), settings.requestTimeout().plus(MARGIN),
                        settings.connections().idleTimeout().plus(MARGIN)),
                () -> result(Answer.unknown()));
        results.start();
        boolean complete = false;
        try {
            boolean wellFormed = readAll(body, results);
            results.finish();
            out.close();
            complete = wellFormed;
        } catch (IOException gone) {
            throw new CloseConnectionException("The client has gone", gone);
        } finally {
            if (!complete) {
                results.abandon();
            }
        }
        if (!complete) {
            throw new CloseConnectionException("The rest of the body cannot be read");
        }
    }

    private boolean readAll(BodyStream body, BulkResults results) {
        try (BulkLines lines = new BulkLines(body, settings.body(), budget)) {
            for (BulkLines.@Nullable Line line = lines.next(); line != null; line = lines.next()) {
                if (exchange.isStopping()) {
                    line.share().close();
                    results.add(result(stopping()));
                    discard(body);
                    exchange.endConnection();
                    return true;
                }
                CompletableFuture<BulkResult> result = new CompletableFuture<>();
                results.add(result, line.share()::close);
                send(line, result);
            }
            return true;
        } catch (ProblemException unreadable) {
            results.add(result(unreadable.problem()));
            return false;
        }
    }

    /** Before the stop cuts the request, and the results of all that is in flight with it. */
    private static Problem stopping() {
        return Problem.unavailable("stopping",
                "The node stops: this line and those after it were not decided; send them again", 1);
    }

    /** Takes what still comes and nobody wants: bytes that were not read would take the results with them. */
    private static void discard(BodyStream body) {
        byte[] unwanted = new byte[BulkLines.READ];
        while (body.read(unwanted, 0, unwanted.length) >= 0) {
            // until its end, or until the server cuts it
        }
    }

    private void send(BulkLines.Line line, CompletableFuture<BulkResult> result) {
        if (line.tooLong()) {
            result.complete(result(Problem.of(413, "too-large", "The line is over the limit of %d bytes"
                    .formatted(settings.body().limit())).with("limit", settings.body().limit())));
            return;
        }
        BulkCommand command;
        EntityId entity;
        try {
            command = BulkCommand.parse(line.content());
            entity = addresses.of(command.type(), command.id(), command.command());
        } catch (ProblemException invalid) {
            result.complete(result(inLine(invalid.problem())));
            return;
        } catch (RuntimeException bug) {
            result.complete(result(Problem.bug(traceId)));
            throw bug;
        }
        order.next(entity, result, broken -> {
            if (broken) {
                result.complete(result(notAttempted()));
            } else {
                decide(entity, command, result);
            }
        });
    }

    /** What is a part of the path for one command is a member of the line here. */
    private static Problem inLine(Problem problem) {
        return problem.errors().stream().anyMatch(error -> error.place() == InvalidInput.Place.PATH)
                ? Problem.invalidBody(problem.errors()
                        .stream()
                        .map(error -> new InvalidInput(InvalidInput.Place.POINTER, '/' + error.name(), error.code(),
                                error.message()))
                        .toList())
                : problem;
    }

    private static Problem notAttempted() {
        return Problem.unavailable("not-attempted",
                "An earlier command of this entity in this request was not decided, still runs or is in doubt, "
                        + "so this one was not decided; send both again, in order",
                1);
    }

    private void decide(EntityId entity, BulkCommand command, CompletableFuture<BulkResult> result) {
        CommandRequest request = new CommandRequest(entity, command.command(), command.data(), command.key(),
                precondition(command.expectedVersion()), false, false, Instant.now().plus(settings.requestTimeout()),
                caller);
        try {
            var _ = gateway.submit(request)
                    .thenApply(outcome -> result(request, outcome))
                    .exceptionally(bug -> inDoubt(entity, bug))
                    .thenAccept(result::complete);
        } catch (RuntimeException bug) {
            result.complete(inDoubt(entity, bug));
        }
    }

    private BulkResult inDoubt(EntityId entity, Throwable bug) {
        LOG.error("A bug at {} [traceId {}]", entity.persistenceId(), traceId, bug);
        return result(Problem.bugInDoubt());
    }

    private static Precondition precondition(@Nullable Long expectedVersion) {
        return expectedVersion == null ? Precondition.NONE : new Precondition.Version(expectedVersion);
    }

    private BulkResult result(CommandRequest request, CommandOutcome outcome) {
        return switch (Answer.of(request, outcome, "/data")) {
            case Answer.Done(CommandOutcome.Accepted accepted) ->
                    new BulkResult(CommandJson.line(request.entity(), accepted), false);
            case Answer.Refused(Problem problem) -> result(problem);
        };
    }

    private BulkResult result(Problem problem) {
        JsonBytes line = new JsonBytes(512).ascii("{");
        problem.writeMembers(line, traceId);
        return new BulkResult(line.ascii("}\n").toByteArray(), breaksOrder(problem));
    }

    /** Whether its command may still run or take effect, or has to be sent again: nothing may overtake it. */
    private static boolean breaksOrder(Problem problem) {
        return switch (problem.status()) {
            case 409, 503, 504 -> true;
            default -> problem.code().equals(Problem.OUTCOME_UNKNOWN);
        };
    }
}
