package io.ritsem.http.admin;

import java.nio.charset.StandardCharsets;
import java.util.List;

import org.jspecify.annotations.Nullable;

import io.ritsem.http.json.JsonBytes;
import io.ritsem.projections.engine.ViewControl.Compared;
import io.ritsem.projections.store.GenerationDiff.Difference;
import io.ritsem.projections.store.GenerationDiff.Found;

/** How the rows of two generations differ, as JSON. Rows are JSON already and are copied. Stateless. */
final class ViewDiffJson {

    private static final int USUAL_SIZE = 1024;

    private ViewDiffJson() {}

    static byte[] of(String view, Compared compared) {
        Found found = compared.found();
        JsonBytes json = new JsonBytes(USUAL_SIZE).ascii("{\"view\":")
                .string(view)
                .ascii(",\"serving\":")
                .number(compared.serving().generation())
                .ascii(",\"other\":")
                .number(compared.other().generation())
                .ascii(",\"same\":")
                .number(found.same())
                .ascii(",\"changed\":")
                .number(found.changed())
                .ascii(",\"missing\":")
                .number(found.missing())
                .ascii(",\"added\":")
                .number(found.added())
                .ascii(",\"moving\":")
                .number(found.moving());
        writeExamples(json, found.examples());
        json.ascii(",\"next\":");
        @Nullable String next = found.next();
        if (next == null) {
            json.ascii("null");
        } else {
            json.string(next);
        }
        return json.ascii("}").toByteArray();
    }

    private static void writeExamples(JsonBytes json, List<Difference> examples) {
        json.ascii(",\"examples\":[");
        String comma = "";
        for (Difference each : examples) {
            json.ascii(comma).ascii("{\"key\":").string(each.key()).ascii(",\"serving\":");
            json.raw(raw(each.one())).ascii(",\"other\":").raw(raw(each.other())).ascii("}");
            comma = ",";
        }
        json.ascii("]");
    }

    private static byte[] raw(@Nullable String json) {
        return (json == null ? "null" : json).getBytes(StandardCharsets.UTF_8);
    }
}
