package io.ritsem.http.query;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Instant;
import java.util.List;
import java.util.Set;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import org.jspecify.annotations.Nullable;

import io.ritsem.http.json.JsonBytes;
import io.ritsem.projections.query.ViewPage;
import io.ritsem.projections.query.ViewRow;
import io.ritsem.runtime.json.JsonType;

/** Rows as JSON. A row's own JSON is copied, not parsed, unless only some of its fields are wanted. Stateless. */
final class RowJson {

    private static final JsonFactory JSON = new JsonFactory();
    private static final JsonType<Instant> TIME = JsonType.of(Instant.class);
    private static final int USUAL_ROW = 256;

    private RowJson() {}

    /** @param fields the fields of the row that are wanted, or null for all */
    static byte[] row(ViewRow row, @Nullable Set<String> fields) {
        JsonBytes json = new JsonBytes(USUAL_ROW);
        write(json, row, fields);
        return json.toByteArray();
    }

    /** @param fields the fields of the rows that are wanted, or null for all */
    static byte[] page(ViewPage page, @Nullable Set<String> fields) {
        List<ViewRow> rows = page.rows();
        JsonBytes json = new JsonBytes(USUAL_ROW * (1 + rows.size())).ascii("{\"rows\":[");
        for (int i = 0; i < rows.size(); i++) {
            json.ascii(i == 0 ? "" : ",");
            write(json, rows.get(i), fields);
        }
        json.ascii("],\"next\":");
        if (page.next() == null) {
            json.ascii("null");
        } else {
            json.string(page.next());
        }
        if (page.count() != null) {
            json.ascii(",\"count\":").number(page.count());
        }
        return json.ascii("}").toByteArray();
    }

    private static void write(JsonBytes json, ViewRow row, @Nullable Set<String> fields) {
        json.ascii("{\"key\":")
                .string(row.key())
                .ascii(",\"row\":")
                .raw(fields == null ? row.row() : chosen(row.row(), fields))
                .ascii(",\"version\":")
                .ascii(String.valueOf(row.version()))
                .ascii(",\"updatedAt\":")
                .raw(TIME.encode(row.updatedAt()));
        if (row.behind() != null) {
            json.ascii(",\"behind\":{\"events\":")
                    .number(row.behind().events())
                    .ascii(",\"since\":")
                    .raw(TIME.encode(row.behind().since()))
                    .ascii("}");
        }
        json.ascii("}");
    }

    private static byte[] chosen(byte[] row, Set<String> fields) {
        ByteArrayOutputStream chosen = new ByteArrayOutputStream();
        try (JsonParser parser = JSON.createParser(row); JsonGenerator generator = JSON.createGenerator(chosen)) {
            parser.nextToken();
            generator.writeStartObject();
            while (parser.nextToken() == JsonToken.FIELD_NAME) {
                if (fields.contains(parser.currentName())) {
                    generator.copyCurrentStructure(parser);
                } else {
                    parser.nextToken();
                    parser.skipChildren();
                }
            }
            generator.writeEndObject();
        } catch (IOException impossible) {
            throw new UncheckedIOException(impossible);
        }
        return chosen.toByteArray();
    }
}
