package io.ritsem.http.server;

import io.helidon.http.HeaderNames;
import io.helidon.webserver.CloseConnectionException;
import io.helidon.webserver.http.Filter;
import io.helidon.webserver.http.FilterChain;
import io.helidon.webserver.http.RoutingRequest;
import io.helidon.webserver.http.RoutingResponse;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import io.ritsem.http.problem.Problem;
import io.ritsem.http.problem.ProblemException;
import io.ritsem.runtime.gateway.EntityFailedException;
import io.ritsem.runtime.gateway.UnavailableException;

/**
 * Takes every request to its route, and turns what it throws into a problem. A filter, so that Helidon does no routing of
 * its own. Thread-safe.
 */
final class Dispatcher implements Filter {

    private static final Logger LOG = LoggerFactory.getLogger(Dispatcher.class);

    private final Router router;
    private final HttpSettings settings;
    private final ByteBudget budget;
    private final Farewell farewell;

    Dispatcher(Router router, HttpSettings settings, ByteBudget budget, Farewell farewell) {
        this.router = router;
        this.settings = settings;
        this.budget = budget;
        this.farewell = farewell;
    }

    @Override public void filter(FilterChain chain, RoutingRequest request, RoutingResponse response) {
        Exchange exchange = new Exchange(request, response, settings, budget, farewell);
        try {
            answer(exchange);
            response.commit();
        } finally {
            exchange.giveBack();
            GuardedConnection.current().endOfRequest();
        }
        if (exchange.isLast()) {
            throw new CloseConnectionException("The answer said so");
        }
    }

    private void answer(Exchange exchange) {
        try {
            Router.Template template = router.find(exchange.method(), exchange.segments());
            exchange.matched(template);
            template.route().endpoint().handle(exchange);
        } catch (CloseConnectionException gone) {
            throw gone;
        } catch (ProblemException e) {
            answer(exchange, e.problem());
        } catch (UnavailableException e) {
            answer(exchange, StatusProblems.of(e));
        } catch (EntityFailedException e) {
            answer(exchange, Problem.bug(e.traceId()));
        } catch (MethodNotAllowedException e) {
            refuseMethod(exchange, e);
        } catch (RuntimeException | Error bug) {
            LOG.error("A bug at {} {} [traceId {}]", exchange.method(), Problem.shown(exchange.rawPath()),
                    exchange.traceId(), bug);
            answer(exchange, exchange.mayHaveStored() ? Problem.bugInDoubt() : Problem.bug(null));
        }
    }

    private static void refuseMethod(Exchange exchange, MethodNotAllowedException refused) {
        if (exchange.method().equals("OPTIONS")) {
            exchange.sendNothing(204, refused.allowed());
        } else {
            exchange.set(HeaderNames.ALLOW, refused.allowed());
            exchange.send(Problem.of(405, "method-not-allowed", "This path takes " + refused.allowed()));
        }
    }

    private static void answer(Exchange exchange, Problem problem) {
        if (exchange.isAnswered()) {
            throw new CloseConnectionException("It failed after the answer had begun");
        }
        exchange.send(problem);
    }
}
