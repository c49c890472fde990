package io.ritsem.http.entity;

import java.time.Instant;
import java.util.List;

import io.helidon.http.HeaderNames;
import org.jspecify.annotations.Nullable;

import io.ritsem.http.json.JsonBytes;
import io.ritsem.http.problem.Problem;
import io.ritsem.http.problem.ProblemException;
import io.ritsem.http.server.Exchange;
import io.ritsem.http.server.Route;
import io.ritsem.runtime.application.ApplicationModel;
import io.ritsem.runtime.gateway.CommandGateway;
import io.ritsem.runtime.gateway.EntityState;
import io.ritsem.runtime.gateway.StateTooLargeException;
import io.ritsem.runtime.journal.EntityId;
import io.ritsem.runtime.journal.EventPage;
import io.ritsem.runtime.journal.RecordedEvent;

import static io.ritsem.http.server.Exchange.JSON;

/** Reads entities. Thread-safe. */
public final class EntityRoutes {

    public static final int USUAL_LIMIT = 100;
    public static final int GREATEST_LIMIT = 1000;

    private static final String VERSION = "version";
    private static final String AT = "at";
    private static final String AFTER = "after";
    private static final String LIMIT = "limit";

    private final CommandGateway gateway;
    private final EntityAddresses addresses;

    public EntityRoutes(CommandGateway gateway, ApplicationModel application) {
        this.gateway = gateway;
        this.addresses = new EntityAddresses(application);
    }

    /** An entity's state, and its history. */
    public List<Route> routes() {
        return List.of(Route.get("/api/entities/{type}/{id}", this::state),
                Route.get("/api/entities/{type}/{id}/events", this::events));
    }

    private void state(Exchange exchange) {
        EntityId entity = addresses.of(exchange.variable("type"), exchange.variable("id"));
        exchange.requireAcceptable(JSON);
        EntityParameters parameters = new EntityParameters(exchange.query(), List.of(VERSION, AT));
        if (parameters.has(VERSION) && parameters.has(AT)) {
            parameters.wrong(AT, "invalid", "cannot be combined with " + VERSION);
        }
        long version = parameters.number(VERSION, 0, 0, Long.MAX_VALUE);
        Instant at = parameters.has(AT) ? parameters.moment(AT) : Instant.EPOCH;
        parameters.check();
        @Nullable EntityState state;
        if (parameters.has(VERSION)) {
            state = version == 0 ? null : exchange.await(gateway.stateAt(entity, version, exchange.deadline()));
        } else if (parameters.has(AT)) {
            state = exchange.await(gateway.stateAt(entity, at, exchange.deadline()));
        } else {
            state = now(exchange, entity);
        }
        if (state == null || state.version() == 0) {
            throw new ProblemException(notThere(entity, !parameters.has(VERSION) && !parameters.has(AT)));
        }
        exchange.set(HeaderNames.ETAG, '"' + Long.toString(state.version()) + '"');
        if (state.token() != null) {
            exchange.set(Exchange.CONSISTENCY_TOKEN, state.token().encode());
        }
        exchange.sendJson(200, new JsonBytes(state.state().length + 128).ascii("{\"type\":")
                .string(entity.type())
                .ascii(",\"id\":")
                .string(entity.id())
                .ascii(",\"version\":")
                .number(state.version())
                .ascii(",\"state\":")
                .raw(state.state())
                .ascii("}")
                .toByteArray());
    }

    private EntityState now(Exchange exchange, EntityId entity) {
        try {
            return exchange.await(gateway.state(entity, exchange.deadline()));
        } catch (StateTooLargeException large) {
            throw new ProblemException(Problem.of(500, "state-too-large",
                    "The state of %s '%s' has %d bytes at version %d; at most %d are answered. It can be read from the journal, with ?version=%d"
                            .formatted(entity.type(), entity.id(), large.bytes(), large.version(), large.limit(),
                                    large.version()))
                    .with("current", large.version())
                    .with("limit", large.limit()));
        }
    }

    private static Problem notThere(EntityId entity, boolean now) {
        return Problem.of(404, now ? "no-such-entity" : "no-such-version", now
                ? "%s '%s' has no events yet".formatted(entity.type(), entity.id())
                : "%s '%s' has no such version".formatted(entity.type(), entity.id()));
    }

    private void events(Exchange exchange) {
        EntityId entity = addresses.of(exchange.variable("type"), exchange.variable("id"));
        exchange.requireAcceptable(JSON);
        EntityParameters parameters = new EntityParameters(exchange.query(), List.of(AFTER, LIMIT));
        long after = parameters.number(AFTER, 0, 0, Long.MAX_VALUE);
        int limit = (int) parameters.number(LIMIT, USUAL_LIMIT, 1, GREATEST_LIMIT);
        parameters.check();
        EventPage page = exchange.await(gateway.events(entity, after, limit + 1, exchange.deadline()));
        List<RecordedEvent> events = page.events();
        if (events.isEmpty() && after == 0) {
            throw new ProblemException(notThere(entity, true));
        }
        boolean tooMany = events.size() > limit;
        exchange.sendJson(200,
                HistoryJson.of(tooMany ? events.subList(0, limit) : events, tooMany || page.more()));
    }
}
