package io.ritsem.http.query;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Set;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.io.JsonStringEncoder;
import org.jspecify.annotations.Nullable;

import io.ritsem.projections.query.ViewPage;
import io.ritsem.projections.query.ViewRow;
import io.ritsem.runtime.json.JsonType;

/**
 * Rows as JSON. A row's own JSON is copied, not parsed, unless only some of its fields are wanted. Confined to its
 * answer.
 */
final class RowJson {

    private static final JsonFactory JSON = new JsonFactory();
    private static final JsonType<Instant> TIME = JsonType.of(Instant.class);

    private final ByteArrayOutputStream out = new ByteArrayOutputStream(512);
    private final @Nullable Set<String> fields;

    private RowJson(@Nullable Set<String> fields) {
        this.fields = fields;
    }

    /** @param fields the fields of the row that are wanted, or null for all */
    static byte[] row(ViewRow row, @Nullable Set<String> fields) {
        RowJson json = new RowJson(fields);
        json.write(row);
        return json.out.toByteArray();
    }

    /** @param fields the fields of the rows that are wanted, or null for all */
    static byte[] page(ViewPage page, @Nullable Set<String> fields) {
        RowJson json = new RowJson(fields);
        json.write("{\"rows\":[");
        for (int i = 0; i < page.rows().size(); i++) {
            json.write(i == 0 ? "" : ",");
            json.write(page.rows().get(i));
        }
        // A cursor is of URL-safe characters.
        json.write(page.next() == null ? "],\"next\":null" : "],\"next\":\"" + page.next() + '"');
        json.write(page.count() == null ? "}" : ",\"count\":" + page.count() + '}');
        return json.out.toByteArray();
    }

    private void write(ViewRow row) {
        write("{\"key\":\"");
        out.writeBytes(JsonStringEncoder.getInstance().quoteAsUTF8(row.key()));
        write("\",\"row\":");
        out.writeBytes(fields == null ? row.row() : chosen(row.row(), fields));
        write(",\"version\":" + row.version() + ",\"updatedAt\":");
        out.writeBytes(TIME.encode(row.updatedAt()));
        write("}");
    }

    private void write(String ascii) {
        out.writeBytes(ascii.getBytes(StandardCharsets.US_ASCII));
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
