package io.ritsem.http.query;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;

import io.helidon.http.HeaderName;
import io.helidon.http.HeaderNames;
import org.jspecify.annotations.Nullable;

import io.ritsem.domain.ViewDefinition;
import io.ritsem.http.problem.InvalidInput;
import io.ritsem.http.problem.Problem;
import io.ritsem.http.problem.ProblemException;
import io.ritsem.http.server.Exchange;
import io.ritsem.http.server.Route;
import io.ritsem.projections.query.AsOf;
import io.ritsem.projections.query.Freshness;
import io.ritsem.projections.query.TokenOfAnotherEpochException;
import io.ritsem.projections.query.ViewPage;
import io.ritsem.projections.query.ViewQuery;
import io.ritsem.projections.query.ViewQuery.Filter;
import io.ritsem.projections.query.ViewQuery.Operator;
import io.ritsem.projections.query.ViewReader;
import io.ritsem.projections.query.ViewRow;
import io.ritsem.projections.store.ViewTable;
import io.ritsem.runtime.journal.ConsistencyToken;
import io.ritsem.runtime.json.JsonType;
import io.ritsem.runtime.json.Shape;

/**
 * {@code GET /api/views/{view}} and {@code GET /api/views/{view}/{key}}. Thread-safe; blocks the request's virtual
 * thread while the view catches up.
 */
public final class ViewRoutes {

    private static final String PATH = "/api/views/";
    private static final HeaderName LAG = HeaderNames.create("Ritsem-View-Lag");
    private static final HeaderName UNPLACED = HeaderNames.create("Ritsem-View-Unplaced");
    private static final HeaderName PREFERENCE_APPLIED = HeaderNames.create("Preference-Applied");
    private static final int MENDED_SECONDS = 60; // somebody has to mend it, so there is no hurry

    private final ViewReader reader;
    private final PastReads past;
    private final LiveAnswers live;

    public ViewRoutes(ViewReader reader) {
        this.reader = reader;
        this.past = new PastReads(reader);
        this.live = new LiveAnswers(reader);
    }

    /** The routes. */
    public List<Route> routes() {
        return List.of(Route.get(PATH + "{view}", this::query), Route.get(PATH + "{view}/{key}", this::row));
    }

    private static boolean isLive(Exchange exchange) {
        return exchange.acceptable(Exchange.JSON, Exchange.EVENT_STREAM).equals(Exchange.EVENT_STREAM);
    }

    private void query(Exchange exchange) {
        boolean goesOn = isLive(exchange);
        ViewDefinition<?> view = view(exchange);
        QueryParameters parameters = goesOn
                ? QueryParameters.ofLiveQuery(exchange.query(), fields(view))
                : QueryParameters.ofQuery(exchange.query(), fields(view));
        ViewQuery query = parameters.query();
        Demand demand = Demand.of(exchange, parameters.tokens());
        List<InvalidInput> errors = new ArrayList<>(parameters.errors());
        reader.check(view.name(), query)
                .forEach(error -> errors
                        .add(InvalidInput.parameter(error.parameter(), error.code(), error.message())));
        errors.addAll(demand.errors());
        refuse(errors);
        meet(exchange, view, demand);
        if (goesOn) {
            live.answer(exchange, view.name(), query.filters(), parameters.fields());
            return;
        }
        ViewPage page = reader.query(view.name(), query, exchange.timeLeft());
        if (page.next() != null) {
            exchange.set(HeaderNames.LINK, "<%s?%s>; rel=\"next\"".formatted(PATH + view.name(),
                    exchange.query().with(QueryParameters.CURSOR, page.next())));
        }
        exchange.sendJson(200, RowJson.page(page, parameters.fields()));
    }

    private void row(Exchange exchange) {
        boolean goesOn = isLive(exchange);
        ViewDefinition<?> view = view(exchange);
        QueryParameters parameters = goesOn
                ? QueryParameters.ofLiveRow(exchange.query(), fields(view))
                : QueryParameters.ofRow(exchange.query(), fields(view));
        Demand demand = Demand.of(exchange, parameters.tokens());
        List<InvalidInput> errors = new ArrayList<>(parameters.errors());
        errors.addAll(demand.errors());
        String key = exchange.variable("key");
        int bytes = key.getBytes(StandardCharsets.UTF_8).length;
        if (bytes == 0 || bytes > ViewTable.LONGEST_KEY || key.indexOf('\0') >= 0) {
            errors.add(InvalidInput.path("key",
                    "must have 1 to %d bytes in UTF-8 and no U+0000".formatted(ViewTable.LONGEST_KEY)));
        }
        refuse(errors);
        if (goesOn) {
            meet(exchange, view, demand);
            live.answer(exchange, view.name(), List.of(new Filter("key", Operator.EQ, List.of(key))),
                    parameters.fields());
            return;
        }
        @Nullable AsOf asOf = parameters.asOf();
        ViewRow row = asOf == null ? presentRow(exchange, view, key, demand)
                : past.row(exchange, view.name(), key, asOf);
        exchange.sendJson(200, RowJson.row(row, parameters.fields()));
    }

    private ViewRow presentRow(Exchange exchange, ViewDefinition<?> view, String key, Demand demand) {
        meet(exchange, view, demand);
        @Nullable ViewRow row = reader.row(view.name(), key, exchange.timeLeft());
        if (row == null) {
            throw new ProblemException(Problem.of(404, "no-such-row", "The view '%s' has no row '%s'%s"
                    .formatted(view.name(), Problem.shown(key),
                            waiting(reader.behind(view.name(), key, exchange.timeLeft())))));
        }
        return row;
    }

    private static String waiting(ViewRow.@Nullable Behind behind) {
        return behind == null ? ""
                : ", but events wait for it as dead letters: %d, the oldest of %s".formatted(behind.events(),
                        behind.since());
    }

    private ViewDefinition<?> view(Exchange exchange) {
        String name = exchange.variable("view");
        @Nullable ViewDefinition<?> view = reader.view(name);
        if (view == null) {
            throw new ProblemException(Problem.unknown("unknown-view", "view", name,
                    reader.views().stream().<String>map(ViewDefinition::name).toList()));
        }
        return view;
    }

    private static Collection<String> fields(ViewDefinition<?> view) {
        return ((Shape.Fields) JsonType.of(view.row()).shape()).fields().keySet();
    }

    private static void refuse(List<InvalidInput> errors) {
        if (!errors.isEmpty()) {
            throw new ProblemException(Problem.invalidRequest(errors));
        }
    }

    /**
     * Waits until the view is where the reader wants it, and says in the answer's headers where it is: what is read
     * afterwards is at least as new.
     */
    private void meet(Exchange exchange, ViewDefinition<?> view, Demand demand) {
        boolean met = await(view, demand);
        Freshness freshness = reader.freshness(view.name(), exchange.timeLeft());
        ConsistencyToken token = freshness.token();
        if (met) {
            // Passed, it may still lie beyond the view's own cursor: where nothing that the view reads lies between.
            for (ConsistencyToken passed : demand.tokens()) {
                token = token.merge(passed);
            }
        }
        exchange.set(Exchange.CONSISTENCY_TOKEN, token.encode()).set(LAG, Long.toString(milliseconds(freshness.lag())));
        if (freshness.unplaced() > 0) {
            exchange.set(UNPLACED, Long.toString(freshness.unplaced()));
        }
        if (!demand.tokens().isEmpty() && !demand.preferences().applied().isEmpty()) {
            exchange.set(PREFERENCE_APPLIED, String.join(", ", demand.preferences().applied()));
        }
        if (!met && !demand.preferences().lenient()) {
            throw new ProblemException(freshness.stopped() ? stopped(view) : behind(view, demand));
        }
    }

    private static Problem behind(ViewDefinition<?> view, Demand demand) {
        return Problem.unavailable("view-behind", "The view '%s' had not seen that write within %d seconds"
                .formatted(view.name(), demand.preferences().longestWait().toSeconds()), 1);
    }

    private static Problem stopped(ViewDefinition<?> view) {
        return Problem.stopped("view-stopped", ("The view '%s' has stopped at a bug before that write; the node's log "
                + "names it. Without a token its older rows can be read").formatted(view.name()), MENDED_SECONDS);
    }

    private boolean await(ViewDefinition<?> view, Demand demand) {
        // Of tokens of several epochs all but one are refused, so there is nothing to wait for.
        Duration atMost = demand.tokens().size() > 1 ? Duration.ZERO : demand.preferences().longestWait();
        try {
            boolean met = true;
            for (ConsistencyToken token : demand.tokens()) {
                met &= reader.await(view.name(), token, atMost);
            }
            return met;
        } catch (TokenOfAnotherEpochException old) {
            throw new ProblemException(tokenOfAnotherEpoch());
        }
    }

    static Problem tokenOfAnotherEpoch() {
        return Problem.of(410, "token-of-another-epoch",
                "The consistency token is from before the journal was restored: read without it");
    }

    /** Rounded up: only a view that has everything has no lag. */
    private static long milliseconds(Duration lag) {
        return lag.plusNanos(999_999).toMillis();
    }
}
