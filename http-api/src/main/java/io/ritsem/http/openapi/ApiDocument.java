package io.ritsem.http.openapi;

import com.fasterxml.jackson.databind.node.ObjectNode;

import io.ritsem.domain.ViewDefinition;
import io.ritsem.runtime.application.ApplicationModel;
import io.ritsem.runtime.application.EntityModel;

/** Describes an application's API as OpenAPI 3.1. Stateless. */
final class ApiDocument {

    private static final String ABOUT = """
                                        Commands go to entities; what they decide is recorded as events; views are derived from the events.

                                        - **Write**: `POST /api/entities/{type}/{id}/{command}`, with an `Idempotency-Key` so that a retry has one effect.
                                        - **Read what you wrote**: send the `Consistency-Token` of the answer to a command, or of an entity that you have read, with the next request to a view.
                                        - **Errors** are `application/problem+json` (RFC 9457) with a stable `code`; every error of a body is listed.
                                        - Amounts are strings of plain digits, moments RFC 3339 in UTC.
                                        """;

    private ApiDocument() {}

    static ObjectNode of(ApplicationModel application) {
        ObjectNode document = Nodes.object().put("openapi", "3.1.0");
        document.putObject("info")
                .put("title", "Ritsem: " + String.join(", ", application.entities().keySet()))
                .put("version", "1")
                .put("description", ABOUT);
        ObjectNode paths = Nodes.object();
        ObjectNode schemas = Nodes.object();
        schemas.set("problem", Problems.schema());
        schemas.set(EntityPaths.OMITTED, EntityPaths.omitted());
        for (EntityModel<?, ?, ?> entity : application.entities().values()) {
            tag(document, entity.type(), "The entity type " + entity.type());
            new EntityPaths(entity).describe(paths, schemas);
        }
        tag(document, "bulk", "Many commands in one request");
        BulkPath.describe(application, paths, schemas);
        for (ViewDefinition<?> view : application.views()) {
            tag(document, "view " + view.name(), "The view %s, which follows %s".formatted(view.name(),
                    String.join(", ", view.follows().keySet())));
            new ViewPaths(view).describe(paths, schemas);
        }
        tag(document, "operate", "What operators do; each action gives its reason, which the audit keeps");
        AdminPaths.describe(paths, schemas);
        ProjectionPaths.describe(paths, schemas);
        ClusterPath.describe(paths, schemas);
        tag(document, "description", "This description");
        describeItself(paths);
        document.set("paths", paths);
        ObjectNode components = document.putObject("components");
        components.set("schemas", schemas);
        components.set("parameters", Parameters.parameters());
        components.set("headers", Parameters.headers());
        components.set("responses", Problems.responses());
        return document;
    }

    private static void describeItself(ObjectNode paths) {
        ObjectNode get = paths.putObject("/openapi.json")
                .putObject("get")
                .put("operationId", "openapi")
                .put("summary", "The description of this API, as OpenAPI 3.1");
        get.putArray("tags").add("description");
        get.putObject("responses")
                .putObject("200")
                .put("description", "The description")
                .set("content", Nodes.content("application/json", Nodes.object().put("type", "object")));
    }

    private static void tag(ObjectNode document, String name, String description) {
        document.withArray("tags").addObject().put("name", name).put("description", description);
    }
}
