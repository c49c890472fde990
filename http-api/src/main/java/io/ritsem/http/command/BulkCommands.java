package io.ritsem.http.command;

import java.util.ArrayList;
import java.util.List;

import io.ritsem.http.entity.EntityAddresses;
import io.ritsem.http.problem.InvalidInput;
import io.ritsem.http.problem.Problem;
import io.ritsem.http.problem.ProblemException;
import io.ritsem.http.server.Endpoint;
import io.ritsem.http.server.Exchange;
import io.ritsem.http.server.Exchange.BodyStream;
import io.ritsem.runtime.gateway.CommandGateway;
import io.ritsem.runtime.gateway.CommandRequest.Caller;

import static io.ritsem.http.server.Exchange.NDJSON;

/** {@code POST /api/commands}: a command a line in, a result a line out. Thread-safe. */
final class BulkCommands implements Endpoint {

    private final CommandGateway gateway;
    private final EntityAddresses addresses;

    BulkCommands(CommandGateway gateway, EntityAddresses addresses) {
        this.gateway = gateway;
        this.addresses = addresses;
    }

    @Override public void handle(Exchange exchange) {
        exchange.requireAcceptable(NDJSON);
        List<InvalidInput> errors = new ArrayList<>(exchange.query().errors());
        exchange.query()
                .parameters()
                .forEach(parameter -> errors.add(InvalidInput
                        .parameter(Problem.shown(parameter.name()), "unknown",
                                "is no parameter: bulk commands have none")));
        Caller caller = exchange.caller(errors);
        if (!errors.isEmpty()) {
            throw new ProblemException(Problem.invalidRequest(errors));
        }
        BodyStream body = exchange.streamBody(NDJSON);
        new BulkRun(exchange, gateway, addresses, caller).run(body);
    }
}
