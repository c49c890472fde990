package io.ritsem.http.admin;

import java.util.List;

import io.ritsem.http.server.Exchange;
import io.ritsem.http.server.Route;
import io.ritsem.runtime.cluster.ClusterOverview;
import io.ritsem.runtime.cluster.ClusterReport;
import io.ritsem.runtime.json.JsonType;
import io.ritsem.runtime.json.Shape;

/** {@code /api/admin/cluster}: who is in the cluster and has which shards. Thread-safe. */
public final class ClusterRoutes {

    private static final JsonType<ClusterReport> REPORT = JsonType.of(ClusterReport.class);

    private final ClusterOverview cluster;

    public ClusterRoutes(ClusterOverview cluster) {
        this.cluster = cluster;
    }

    /** The JSON that it gives, for the description. */
    public static Shape shape() {
        return REPORT.shape();
    }

    /** The routes. */
    public List<Route> routes() {
        return List.of(Route.get("/api/admin/cluster", this::show));
    }

    private void show(Exchange exchange) {
        exchange.requireAcceptable(Exchange.JSON);
        exchange.sendJson(200, REPORT.encode(exchange.await(cluster.look())));
    }
}
