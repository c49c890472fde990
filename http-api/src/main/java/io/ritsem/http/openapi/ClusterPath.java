package io.ritsem.http.openapi;

import com.fasterxml.jackson.databind.node.ObjectNode;

import io.ritsem.http.admin.ClusterRoutes;
import io.ritsem.http.server.Exchange;
import io.ritsem.runtime.json.JsonSchema;

/** Describes what operators see of the cluster. Stateless. */
final class ClusterPath {

    private static final String SUMMARY = "The members of the cluster, and which shard of the entities is where";

    private ClusterPath() {}

    static void describe(ObjectNode paths, ObjectNode schemas) {
        schemas.set("cluster", JsonSchema.of(ClusterRoutes.shape()));
        ObjectNode get = paths.putObject("/api/admin/cluster").putObject("get");
        get.put("operationId", "cluster")
                .put("summary", SUMMARY)
                .put("description", "As the asked node sees it. A member with `answered` false did not say within 4 s "
                        + "which shards it has; a shard without `entities` did not say how many are awake in it. A shard "
                        + "of whose entities none was asked for yet is nowhere. Which node moves which partition of a "
                        + "view is in `/api/admin/projections`.")
                .putArray("tags")
                .add("operate");
        ObjectNode responses = get.putObject("responses");
        responses.putObject("200")
                .put("description", SUMMARY)
                .set("content", Nodes.content(Exchange.JSON, Nodes.schemaRef("cluster")));
        Problems.add(responses, 405, 406, 500, 503);
    }
}
