package io.ritsem.http.admin;

import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;

import org.jspecify.annotations.Nullable;

import io.ritsem.http.problem.InvalidInput;
import io.ritsem.http.problem.Problem;
import io.ritsem.http.problem.ProblemException;
import io.ritsem.http.server.Exchange;
import io.ritsem.http.server.Route;
import io.ritsem.projections.engine.DeadLetters;
import io.ritsem.projections.engine.DeadLetters.Action;
import io.ritsem.projections.engine.DeadLetters.After;
import io.ritsem.projections.engine.DeadLetters.Line;
import io.ritsem.projections.engine.DeadLetters.Mended;
import io.ritsem.projections.engine.DeadLetters.Waiting;
import io.ritsem.projections.engine.InvalidEditException;
import io.ritsem.projections.engine.NoSuchLetterException;
import io.ritsem.projections.engine.OperatedViews;
import io.ritsem.projections.store.AuditLog;
import io.ritsem.projections.store.ParkedKey;
import io.ritsem.runtime.json.Violation;

/** Dead letters below {@code /api/admin/dead-letters}, and {@code /api/admin/audit}. Thread-safe; blocks the request's thread. */
public final class DeadLetterRoutes {

    private static final String LETTERS = "/api/admin/dead-letters";
    private static final String OF_KEY = LETTERS + "/{view}/{key}";
    private static final String VIEW = "view";
    private static final String LIMIT = "limit";
    private static final String CURSOR = "cursor";
    private static final String ENTITY = "entity";
    private static final String BEFORE = "before";
    private static final int USUAL_LIMIT = 100;
    private static final int GREATEST_LIMIT = 1000;

    private final DeadLetters letters;
    private final OperatedViews views;
    private final AdminReads reads;

    public DeadLetterRoutes(OperatedViews views, AdminReads reads) {
        this.letters = views.deadLetters();
        this.views = views;
        this.reads = reads;
    }

    private interface Body {
        Action of(Exchange exchange);
    }

    /** The routes. */
    public List<Route> routes() {
        return List.of(Route.get(LETTERS, this::list), Route.get(OF_KEY, this::inspect),
                Route.post(OF_KEY + "/retry",
                        each -> mend(each, exchange -> new Action.Retry(ActionBody.reason(exchange)))),
                Route.post(OF_KEY + "/skip",
                        each -> mend(each, SkipBody::read)),
                Route.post(OF_KEY + "/edit",
                        each -> mend(each, EditBody::read)),
                Route.get("/api/admin/audit", this::audit));
    }

    private void list(Exchange exchange) {
        exchange.requireAcceptable(Exchange.JSON);
        AdminParameters parameters = new AdminParameters(exchange.query(), List.of(VIEW, LIMIT, CURSOR));
        int limit = (int) parameters.number(LIMIT, USUAL_LIMIT, GREATEST_LIMIT);
        @Nullable String cursor = parameters.text(CURSOR);
        @Nullable After after = cursor == null ? null : decode(cursor);
        if (cursor != null && after == null) {
            parameters.wrong(CURSOR, "invalid", "is not the `next` of a page: start again without it");
        }
        parameters.check();
        @Nullable String view = parameters.text(VIEW);
        if (view != null) {
            requireView(view);
        }
        List<Line> page = reads.ask(exchange, () -> letters.list(view, after, limit));
        boolean more = !page.isEmpty()
                && !reads.ask(exchange, () -> letters.list(view, page.getLast().place(), 1)).isEmpty();
        exchange.sendJson(200, DeadLetterJson.list(page, more ? encode(page.getLast().place()) : null));
    }

    private void requireView(String view) {
        if (!letters.views().contains(view)) {
            throw new ProblemException(Problem.unknown("unknown-view", VIEW, view, letters.views()));
        }
    }

    private static String encode(After place) {
        return Base64.getUrlEncoder()
                .withoutPadding()
                .encodeToString("%d|%s|%s|%s".formatted(place.generation(),
                        place.key().byEntity(), place.view(), place.key().key()).getBytes(StandardCharsets.UTF_8));
    }

    private static @Nullable After decode(String cursor) {
        try {
            String[] parts = new String(Base64.getUrlDecoder().decode(cursor), StandardCharsets.UTF_8).split("\\|", 4);
            return parts.length < 4 || parts[3].indexOf('\0') >= 0 ? null
                    : new After(parts[2], Integer.parseInt(parts[0]),
                            new ParkedKey(Boolean.parseBoolean(parts[1]), parts[3]));
        } catch (IllegalArgumentException malformed) {
            return null;
        }
    }

    private void inspect(Exchange exchange) {
        exchange.requireAcceptable(Exchange.JSON);
        AdminParameters parameters = new AdminParameters(exchange.query(), List.of(ENTITY, LIMIT));
        int limit = (int) parameters.number(LIMIT, USUAL_LIMIT, GREATEST_LIMIT);
        String view = exchange.variable(VIEW);
        ParkedKey key = key(exchange, parameters);
        List<Waiting> waiting = reads.ask(exchange, () -> letters.inspect(view, key, limit));
        if (waiting.isEmpty()) {
            throw none(view, key);
        }
        exchange.sendJson(200, DeadLetterJson.waiting(view, key, waiting));
    }

    private ParkedKey key(Exchange exchange, AdminParameters parameters) {
        boolean entity = parameters.flag(ENTITY);
        parameters.check();
        String key = exchange.variable("key");
        if (key.indexOf('\0') >= 0) {
            throw new ProblemException(
                    Problem.invalidRequest(List.of(InvalidInput.path("key", "must be without U+0000"))));
        }
        requireView(exchange.variable(VIEW));
        return new ParkedKey(entity, key);
    }

    private static ProblemException none(String view, ParkedKey key) {
        return new ProblemException(Problem.of(404, "no-dead-letters", "The view '%s' has no dead letters of %s '%s'"
                .formatted(view, key.byEntity() ? "the entity" : "the row", Problem.shown(key.key()))));
    }

    private void mend(Exchange exchange, Body body) {
        exchange.requireAcceptable(Exchange.JSON);
        AdminParameters parameters = new AdminParameters(exchange.query(), List.of(ENTITY));
        ParkedKey key = key(exchange, parameters);
        Action action = body.of(exchange);
        String view = exchange.variable(VIEW);
        try {
            List<Mended> mended = ActionBody.act(exchange,
                    () -> letters.mend(view, key, action, exchange.timeLeft()));
            if (mended.isEmpty()) {
                throw none(view, key);
            }
            exchange.sendJson(200, DeadLetterJson.mended(mended));
        } catch (NoSuchLetterException e) {
            throw new ProblemException(Problem.of(404, "no-dead-letters", String.valueOf(e.getMessage())));
        } catch (InvalidEditException e) {
            throw new ProblemException(Problem.invalidBody(
                    List.of(InvalidInput.body(new Violation("/data", "invalid", String.valueOf(e.getMessage()))))));
        }
    }

    private void audit(Exchange exchange) {
        exchange.requireAcceptable(Exchange.JSON);
        AdminParameters parameters = new AdminParameters(exchange.query(), List.of(LIMIT, BEFORE));
        int limit = (int) parameters.number(LIMIT, USUAL_LIMIT, GREATEST_LIMIT);
        long before = parameters.number(BEFORE, Long.MAX_VALUE, Long.MAX_VALUE);
        parameters.check();
        List<AuditLog.Entry> entries = reads.ask(exchange,
                () -> views.control().audit(before, limit + 1));
        boolean more = entries.size() > limit;
        exchange.sendJson(200, DeadLetterJson.audit(more ? entries.subList(0, limit) : entries, more));
    }
}
