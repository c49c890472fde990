package io.ritsem.http.admin;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import org.jspecify.annotations.Nullable;

import io.ritsem.http.json.JsonBytes;
import io.ritsem.projections.engine.DeadLetters.Letter;
import io.ritsem.projections.engine.DeadLetters.Line;
import io.ritsem.projections.engine.DeadLetters.Mended;
import io.ritsem.projections.engine.DeadLetters.Waiting;
import io.ritsem.projections.store.AuditLog;
import io.ritsem.projections.store.DeadLetter;
import io.ritsem.projections.store.Failure;
import io.ritsem.projections.store.ParkedKey;
import io.ritsem.runtime.journal.RecordedEvent;
import io.ritsem.runtime.json.JsonType;

/** Dead letters and the audit as JSON. Stateless. */
final class DeadLetterJson {

    private static final JsonFactory JSON = new JsonFactory();
    private static final JsonType<Instant> TIME = JsonType.of(Instant.class);
    private static final int USUAL = 1024;

    private DeadLetterJson() {}

    static byte[] list(List<Line> lines, @Nullable String next) {
        JsonBytes json = new JsonBytes(USUAL * (1 + lines.size())).ascii("{\"deadLetters\":[");
        String comma = "";
        for (Line line : lines) {
            json.ascii(comma)
                    .ascii("{\"view\":")
                    .string(line.view())
                    .ascii(",\"generation\":")
                    .number(
                            line.generation());
            key(json, line.key());
            json.ascii(",\"events\":").number(line.events()).ascii(",\"since\":").raw(TIME.encode(line.since()));
            json.ascii(",\"first\":");
            letter(json, line.first());
            json.ascii("}");
            comma = ",";
        }
        json.ascii("],\"next\":");
        return (next == null ? json.ascii("null") : json.string(next)).ascii("}").toByteArray();
    }

    private static void key(JsonBytes json, ParkedKey key) {
        json.ascii(",\"key\":").string(key.key()).ascii(key.byEntity() ? ",\"entity\":true" : ",\"entity\":false");
    }

    static byte[] waiting(String view, ParkedKey key, List<Waiting> generations) {
        JsonBytes json = new JsonBytes(USUAL).ascii("{\"view\":").string(view);
        key(json, key);
        json.ascii(",\"generations\":[");
        String comma = "";
        for (Waiting waiting : generations) {
            json.ascii(comma).ascii("{\"generation\":").number(waiting.generation());
            json.ascii(",\"events\":").number(waiting.events()).ascii(",\"first\":[");
            String inner = "";
            for (Letter letter : waiting.first()) {
                json.ascii(inner);
                letter(json, letter);
                inner = ",";
            }
            json.ascii("]}");
            comma = ",";
        }
        return json.ascii("]}").toByteArray();
    }

    private static void letter(JsonBytes json, Letter waiting) {
        RecordedEvent event = waiting.event();
        DeadLetter letter = waiting.letter();
        json.ascii("{\"entity\":").string(event.entity().persistenceId());
        json.ascii(",\"sequence\":").number(event.sequence());
        json.ascii(",\"type\":").string(event.manifest().toString());
        json.ascii(",\"time\":").raw(TIME.encode(event.metadata().time()));
        json.ascii(",\"data\":");
        data(json, event.data());
        if (letter.edited() != null) {
            json.ascii(",\"edited\":").raw(letter.edited());
        }
        json.ascii(",\"attempts\":").number(letter.attempts());
        json.ascii(",\"parkedAt\":").raw(TIME.encode(letter.parkedAt()));
        @Nullable Failure failure = letter.failure();
        if (failure != null) {
            json.ascii(",\"error\":").string(failure.error()).ascii(",\"stack\":").string(failure.stack());
        }
        json.ascii("}");
    }

    /** What is poisoned may not even be JSON: then it is shown as a text. */
    private static void data(JsonBytes json, byte[] data) {
        try (JsonParser parser = JSON.createParser(data)) {
            parser.nextToken();
            parser.skipChildren();
            boolean one = parser.currentToken() != null && parser.nextToken() == null;
            if (one) {
                json.raw(data);
                return;
            }
        } catch (IOException malformed) {
            // shown as it is, below
        }
        json.string(new String(data, StandardCharsets.UTF_8));
    }

    static byte[] mended(List<Mended> generations) {
        JsonBytes json = new JsonBytes(USUAL).ascii("{\"generations\":[");
        String comma = "";
        for (Mended mended : generations) {
            json.ascii(comma).ascii("{\"generation\":").number(mended.generation());
            json.ascii(",\"applied\":").number(mended.applied()).ascii(",\"waiting\":").number(mended.waiting());
            if (mended.failure() != null) {
                json.ascii(",\"error\":").string(mended.failure().error());
            }
            json.ascii("}");
            comma = ",";
        }
        return json.ascii("]}").toByteArray();
    }

    static byte[] audit(List<AuditLog.Entry> entries, boolean more) {
        JsonBytes json = new JsonBytes(USUAL).ascii("{\"entries\":[");
        String comma = "";
        for (AuditLog.Entry entry : entries) {
            json.ascii(comma).ascii("{\"id\":").number(entry.id()).ascii(",\"at\":").raw(TIME.encode(entry.at()));
            json.ascii(",\"action\":").string(entry.action()).ascii(",\"subject\":").string(entry.subject());
            json.ascii(",\"reason\":").string(entry.reason()).ascii(",\"details\":");
            json.raw(entry.details().getBytes(StandardCharsets.UTF_8)).ascii("}");
            comma = ",";
        }
        json.ascii("],\"next\":");
        return (more ? json.number(entries.getLast().id()) : json.ascii("null")).ascii("}").toByteArray();
    }
}
