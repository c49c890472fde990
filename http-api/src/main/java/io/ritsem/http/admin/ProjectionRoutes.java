package io.ritsem.http.admin;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

import org.jspecify.annotations.Nullable;

import io.ritsem.domain.ViewDefinition;
import io.ritsem.http.problem.InvalidInput;
import io.ritsem.http.problem.Problem;
import io.ritsem.http.problem.ProblemException;
import io.ritsem.http.server.Exchange;
import io.ritsem.http.server.QueryString;
import io.ritsem.http.server.Route;
import io.ritsem.projections.engine.OperatedViews;
import io.ritsem.projections.engine.ViewControl;
import io.ritsem.projections.engine.ViewReport;
import io.ritsem.projections.store.GenerationId;
import io.ritsem.projections.store.ViewOperations.ConflictException;
import io.ritsem.runtime.json.JsonType;
import io.ritsem.runtime.json.Shape;
import io.ritsem.runtime.json.Violation;

/** {@code /api/admin/projections}: how views are doing, and what to do with them. Thread-safe. */
public final class ProjectionRoutes {

    private static final String PATH = "/api/admin/projections";

    /** @param eventsPerSecond at most; absent or 0 for no limit */
    record Rebuild(String reason, @Nullable Boolean manual, @Nullable Long eventsPerSecond)
            implements ActionBody.Reasoned {}

    record Throttle(String reason, long eventsPerSecond) implements ActionBody.Reasoned {}

    /** What an action has done. */
    record Done(String view, @Nullable Long generation, boolean serving) {}

    private static final JsonType<Rebuild> REBUILD = JsonType.of(Rebuild.class);
    private static final JsonType<Throttle> THROTTLE = JsonType.of(Throttle.class);
    private static final JsonType<Done> DONE = JsonType.of(Done.class);

    private final OperatedViews views;
    private final List<String> names;
    private final AdminReads reads;

    /** @param definitions the views that this version of the application defines */
    public ProjectionRoutes(OperatedViews views, List<ViewDefinition<?>> definitions, AdminReads reads) {
        this.views = views;
        this.names = definitions.stream().<String>map(ViewDefinition::name).toList();
        this.reads = reads;
    }

    /** The JSON that it takes and gives, by name, for the description. */
    public static Map<String, Shape> shapes() {
        return new TreeMap<>(
                Map.of("projections", ViewReportJson.VIEWS.shape(), "projections.view", ViewReportJson.VIEW.shape(),
                        "projections.action", ActionBody.REASON.shape(), "projections.rebuild", REBUILD.shape(),
                        "projections.throttle", THROTTLE.shape(), "projections.done", DONE.shape()));
    }

    private interface Action {

        /** @return the generation that it is about, or null for all */
        @Nullable GenerationId on(ViewControl control, String view, Exchange exchange);
    }

    /** The routes. */
    public List<Route> routes() {
        Map<String, Action> actions = Map.of("pause", (control, view, exchange) -> {
            control.pause(view, ActionBody.reason(exchange));
            return null;
        }, "resume", (control, view, exchange) -> {
            control.resume(view, ActionBody.reason(exchange));
            return null;
        }, "cancel", (control, view, exchange) -> control.cancel(view, ActionBody.reason(exchange)), "rebuild",
                ProjectionRoutes::rebuild, "throttle", ProjectionRoutes::throttle);
        List<Route> routes = new ArrayList<>(List.of(Route.get(PATH, this::list),
                Route.get(PATH + "/{view}", this::view),
                Route.get(PATH + "/{view}/diff", this::diff), Route.post(PATH + "/{view}/switch", this::switchOver),
                Route.post(PATH + "/{view}/roll-back", this::rollBack)));
        actions.forEach((name, action) -> routes
                .add(Route.post(PATH + "/{view}/" + name, exchange -> act(exchange, action))));
        return List.copyOf(routes);
    }

    private void list(Exchange exchange) {
        exchange.requireAcceptable(Exchange.JSON);
        exchange.sendJson(200, ViewReportJson.views(look(exchange)));
    }

    private void view(Exchange exchange) {
        exchange.requireAcceptable(Exchange.JSON);
        String view = exchange.variable("view");
        List<ViewReport> reports = look(exchange);
        if (reports.stream().noneMatch(report -> report.generation().id().view().equals(view))) {
            throw unknown(view);
        }
        exchange.sendJson(200, ViewReportJson.view(view, reports));
    }

    private void diff(Exchange exchange) {
        String view = named(exchange);
        List<InvalidInput> errors = new ArrayList<>(exchange.query().errors());
        String after = "";
        for (QueryString.Parameter parameter : exchange.query().parameters()) {
            if (parameter.name().equals("after")) {
                after = parameter.value();
                if (after.indexOf('\0') >= 0) {
                    errors.add(InvalidInput.parameter("after", "invalid", "must be without U+0000"));
                }
            } else {
                errors.add(InvalidInput.parameter(Problem.shown(parameter.name()), "unknown",
                        "is no parameter, only after is"));
            }
        }
        if (!errors.isEmpty()) {
            throw new ProblemException(Problem.invalidRequest(errors));
        }
        String key = after;
        ViewControl.Compared compared = asked(() -> reads.ask(exchange,
                () -> views.control().compare(view, key, exchange.timeLeft())));
        exchange.sendJson(200, ViewDiffJson.of(view, compared));
    }

    private List<ViewReport> look(Exchange exchange) {
        return reads.ask(exchange, () -> views.watch().look());
    }

    private ProblemException unknown(String view) {
        return new ProblemException(Problem.unknown("unknown-view", "view", view, names));
    }

    private String named(Exchange exchange) {
        exchange.requireAcceptable(Exchange.JSON);
        String view = exchange.variable("view");
        if (!names.contains(view)) {
            throw unknown(view);
        }
        return view;
    }

    private void act(Exchange exchange, Action action) {
        String view = named(exchange);
        @Nullable GenerationId generation = asked(
                () -> ActionBody.act(exchange, () -> action.on(views.control(), view, exchange)));
        exchange.sendJson(200, DONE.encode(
                new Done(view, generation == null ? null : (long) generation.generation(), false)));
    }

    private static GenerationId rebuild(ViewControl control, String view, Exchange exchange) {
        Rebuild body = ActionBody.read(exchange, REBUILD);
        long rate = body.eventsPerSecond() == null ? 0 : body.eventsPerSecond();
        return control.rebuild(view, Boolean.TRUE.equals(body.manual()), rate(rate), body.reason());
    }

    private static GenerationId throttle(ViewControl control, String view, Exchange exchange) {
        Throttle body = ActionBody.read(exchange, THROTTLE);
        return control.throttle(view, rate(body.eventsPerSecond()), body.reason());
    }

    private static int rate(long eventsPerSecond) {
        if (eventsPerSecond < 0 || eventsPerSecond > Integer.MAX_VALUE) {
            throw ActionBody.invalid(List.of(new Violation("/eventsPerSecond", "out-of-range",
                    "must be a whole number from 0 (no limit) to " + Integer.MAX_VALUE)));
        }
        return (int) eventsPerSecond;
    }

    private void switchOver(Exchange exchange) {
        String view = named(exchange);
        String reason = ActionBody.reason(exchange);
        ViewControl.Switched switched = asked(
                () -> ActionBody.act(exchange, () -> views.control().switchOver(view, reason)));
        // Accepted: it serves as soon as it is built.
        exchange.sendJson(switched.serves() ? 200 : 202,
                DONE.encode(new Done(view, (long) switched.generation().generation(), switched.serves())));
    }

    private void rollBack(Exchange exchange) {
        String view = named(exchange);
        String reason = ActionBody.reason(exchange);
        Optional<GenerationId> former = asked(
                () -> ActionBody.act(exchange, () -> views.control().rollBack(view, reason)));
        if (former.isEmpty()) {
            throw new ProblemException(Problem.unavailable("view-behind",
                    "The previous generation of '%s' has not seen yet all that the serving one has".formatted(view),
                    1));
        }
        exchange.sendJson(200, DONE.encode(new Done(view, (long) former.get().generation(), true)));
    }

    private interface Question<T extends @Nullable Object> {
        T ask();
    }

    private static <T extends @Nullable Object> T asked(Question<T> question) {
        try {
            return question.ask();
        } catch (ConflictException conflict) {
            throw new ProblemException(Problem.of(409, "view-conflict", String.valueOf(conflict.getMessage())));
        }
    }
}
