package io.ritsem.http.command;

import java.util.ArrayList;
import java.util.List;

import io.helidon.http.HeaderName;
import io.helidon.http.HeaderNames;

import io.ritsem.http.entity.EntityAddresses;
import io.ritsem.http.problem.InvalidInput;
import io.ritsem.http.problem.Problem;
import io.ritsem.http.problem.ProblemException;
import io.ritsem.http.server.Exchange;
import io.ritsem.http.server.Route;
import io.ritsem.runtime.application.ApplicationModel;
import io.ritsem.runtime.gateway.CommandGateway;
import io.ritsem.runtime.gateway.CommandOutcome;
import io.ritsem.runtime.gateway.CommandOutcome.Accepted;
import io.ritsem.runtime.gateway.CommandRequest;
import io.ritsem.runtime.gateway.CommandRequest.Caller;
import io.ritsem.runtime.gateway.UnavailableException;
import io.ritsem.runtime.journal.EntityId;

import static io.ritsem.http.server.Exchange.JSON;

/** Takes commands. Thread-safe. */
public final class CommandRoutes {

    private static final HeaderName REPLAYED = HeaderNames.create("Idempotency-Replayed");
    private static final HeaderName PREFERENCE_APPLIED = HeaderNames.create("Preference-Applied");
    private static final byte[] NO_FIELDS = {'{', '}'};

    private final CommandGateway gateway;
    private final EntityAddresses addresses;

    public CommandRoutes(CommandGateway gateway, ApplicationModel application) {
        this.gateway = gateway;
        this.addresses = new EntityAddresses(application);
    }

    /** One command, and commands in bulk. */
    public List<Route> routes() {
        return List.of(Route.post("/api/entities/{type}/{id}/{command}", this::command),
                Route.post("/api/commands", new BulkCommands(gateway, addresses)));
    }

    private void command(Exchange exchange) {
        String command = exchange.variable("command");
        EntityId entity = addresses.of(exchange.variable("type"), exchange.variable("id"), command);
        exchange.requireAcceptable(JSON);
        List<InvalidInput> errors = new ArrayList<>();
        CommandOptions options = CommandOptions.of(exchange, errors);
        Caller caller = exchange.caller(errors);
        if (!errors.isEmpty()) {
            throw new ProblemException(Problem.invalidRequest(errors));
        }
        byte[] body = exchange.jsonBody();
        CommandRequest request = new CommandRequest(entity, command, body.length == 0 ? NO_FIELDS : body, options.key(),
                options.precondition(), options.dryRun(), options.returnState(), exchange.deadline(), caller);
        if (!options.dryRun()) {
            exchange.sendsCommands();
        }
        answer(exchange, request, decided(exchange, request));
    }

    private CommandOutcome decided(Exchange exchange, CommandRequest request) {
        try {
            return exchange.await(gateway.submit(request));
        } catch (UnavailableException noAnswer) {
            return new CommandOutcome.OutcomeUnknown();
        }
    }

    private static void answer(Exchange exchange, CommandRequest request, CommandOutcome outcome) {
        switch (Answer.of(request, outcome, "")) {
            case Answer.Done(Accepted accepted) -> {
                exchange.set(HeaderNames.ETAG, etag(accepted.version()));
                if (accepted.token() != null) {
                    exchange.set(Exchange.CONSISTENCY_TOKEN, accepted.token().encode());
                }
                if (accepted.replayed()) {
                    exchange.set(REPLAYED, "true");
                }
                if (accepted.state() != null) {
                    exchange.set(PREFERENCE_APPLIED, "return=representation");
                }
                exchange.sendJson(200, CommandJson.of(request.entity(), accepted));
            }
            case Answer.Refused(Problem problem) -> {
                if (outcome instanceof CommandOutcome.VersionMismatch(long current)) {
                    exchange.set(HeaderNames.ETAG, etag(current));
                }
                exchange.send(problem);
            }
        }
    }

    private static String etag(long version) {
        return '"' + Long.toString(version) + '"';
    }
}
