package io.ritsem.http;

import java.util.ArrayList;
import java.util.List;

import io.ritsem.http.admin.AdminReads;
import io.ritsem.http.admin.ClusterRoutes;
import io.ritsem.http.admin.DeadLetterRoutes;
import io.ritsem.http.admin.ProjectionRoutes;
import io.ritsem.http.command.CommandRoutes;
import io.ritsem.http.entity.EntityRoutes;
import io.ritsem.http.openapi.DescriptionRoutes;
import io.ritsem.http.query.ViewRoutes;
import io.ritsem.http.server.HttpSettings;
import io.ritsem.http.server.Listener;
import io.ritsem.http.server.Route;
import io.ritsem.projections.engine.OperatedViews;
import io.ritsem.projections.query.ViewReader;
import io.ritsem.runtime.application.ApplicationModel;
import io.ritsem.runtime.cluster.ClusterOverview;
import io.ritsem.runtime.gateway.CommandGateway;

/** The HTTP API of a node. Thread-safe. */
public final class HttpServer {

    private final Listener listener;
    private final ViewReader views;

    private HttpServer(Listener listener, ViewReader views) {
        this.listener = listener;
        this.views = views;
    }

    /** What operators see, and do something with. */
    public record Operated(OperatedViews views, ClusterOverview cluster) {}

    /**
     * Starts to serve.
     *
     * @throws io.ritsem.http.server.PortTakenException if another process listens on the port
     */
    public static HttpServer start(HttpSettings settings, CommandGateway gateway, ViewReader views,
            Operated operated, ApplicationModel application) {
        List<Route> routes = new ArrayList<>();
        routes.addAll(new CommandRoutes(gateway, application).routes());
        routes.addAll(new EntityRoutes(gateway, application).routes());
        routes.addAll(new ViewRoutes(views).routes());
        AdminReads reads = new AdminReads();
        routes.addAll(new ProjectionRoutes(operated.views(), application.views(), reads).routes());
        routes.addAll(new DeadLetterRoutes(operated.views(), reads).routes());
        routes.addAll(new ClusterRoutes(operated.cluster()).routes());
        routes.addAll(new DescriptionRoutes(application).routes());
        return new HttpServer(Listener.start(settings, routes), views);
    }

    /** The port that it listens on. */
    public int port() {
        return listener.port();
    }

    /**
     * Ends all live streams, takes no more requests, and waits for those that run, at most
     * {@code ritsem.http.stop-timeout}.
     */
    public void stop() {
        views.endLive();
        listener.stop();
    }
}
