package io.ritsem.http.entity;

import java.time.Instant;
import java.util.List;

import org.jspecify.annotations.Nullable;

import io.ritsem.http.json.JsonBytes;
import io.ritsem.runtime.journal.EventMetadata;
import io.ritsem.runtime.journal.RecordedEvent;
import io.ritsem.runtime.json.JsonType;

/** An entity's history as JSON. Stateless. */
final class HistoryJson {

    private static final JsonType<Instant> TIME = JsonType.of(Instant.class);
    private static final int EVENT = 512;

    private HistoryJson() {}

    /** @param more whether there are later events */
    static byte[] of(List<RecordedEvent> events, boolean more) {
        JsonBytes json = new JsonBytes(EVENT * (events.size() + 1)).ascii("{\"events\":[");
        String comma = "";
        for (RecordedEvent event : events) {
            json.ascii(comma)
                    .ascii("{\"type\":")
                    .string(event.manifest().event())
                    .ascii(",\"sequence\":")
                    .number(event.sequence())
                    .ascii(",\"time\":")
                    .raw(TIME.encode(event.metadata().time()))
                    .ascii(",\"data\":")
                    .raw(event.data())
                    .ascii(",\"metadata\":");
            write(json, event.manifest().version(), event.metadata());
            json.ascii("}");
            comma = ",";
        }
        json.ascii("],\"next\":");
        return (more ? json.number(events.getLast().sequence()) : json.ascii("null")).ascii("}").toByteArray();
    }

    private static void write(JsonBytes json, int eventVersion, EventMetadata metadata) {
        json.ascii("{\"eventVersion\":")
                .number(eventVersion)
                .ascii(",\"causation\":")
                .string(metadata.causation().toString());
        member(json, "caller", metadata.caller());
        member(json, "correlation", metadata.correlation());
        member(json, "traceparent", metadata.traceparent());
        member(json, "idempotencyKey", metadata.spentKey() == null ? null : metadata.spentKey().key());
        json.ascii("}");
    }

    private static void member(JsonBytes json, String name, @Nullable String value) {
        if (value != null) {
            json.ascii(",").string(name).ascii(":").string(value);
        }
    }
}
