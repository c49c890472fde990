package io.ritsem.runtime.journal;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Arrays;
import java.util.Base64;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.function.Function;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonFactoryBuilder;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import org.jspecify.annotations.Nullable;

import io.ritsem.domain.StableName;

import static java.nio.charset.StandardCharsets.UTF_8;

/**
 * A stored event as one line: a CloudEvent 1.0 in its JSON format. All of a row but its place in the journal is in it, so
 * that another journal can hold the same row. The event's JSON stands in it byte for byte as it was stored, and in base64
 * when it is not a JSON object in one line. Stateless.
 */
final class CloudEventLine {

    /** No line is longer, in bytes: an event has at most 1 MiB, and so has a reply, which is in base64. */
    static final int LONGEST = 8 << 20;

    /** As each line begins, here and in {@link #of}. */
    private static final byte[] START = "{\"specversion\":\"1.0\",\"id\":\"".getBytes(UTF_8);

    private static final JsonFactory JSON = new JsonFactoryBuilder()
            .streamReadConstraints(StreamReadConstraints.builder()
                    .maxStringLength(LONGEST)
                    .maxNumberLength(LONGEST)
                    .build())
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .build();

    private static final Set<String> TEXTS = Set.of("specversion", "id", "source", "type", "subject", "time",
            "datacontenttype", "data_base64", "sequence", "caller", "correlation", "causation", "traceparent",
            "commandkey", "commandfingerprint", "commandreply");
    private static final Set<String> NUMBERS = Set.of("eventversion", "commandevents");

    private static final int LONGEST_KEY = 255;
    private static final int FINGERPRINT = 32;
    private static final Instant TOO_EARLY = Instant.parse("0001-01-01T00:00:00Z");
    private static final Instant TOO_LATE = Instant.parse("9999-12-31T00:00:00Z");

    private CloudEventLine() {}

    /** What is wrong with a line, to be continued after "Line 7 ...". */
    static final class Malformed extends Exception {
        private static final long serialVersionUID = 1L;

        Malformed(String what) {
            super(what);
        }
    }

    // ---- writing -------------------------------------------------------------------------------------------------

    /** Whether bytes can be a line, or the beginning of one that was cut anywhere. */
    static boolean mayBegin(byte[] bytes) {
        int length = Math.min(bytes.length, START.length);
        return Arrays.equals(bytes, 0, length, START, 0, length);
    }

    /** The line, with its end. Equal events give equal lines. */
    static byte[] of(RecordedEvent event) {
        ByteArrayOutputStream line = new ByteArrayOutputStream(512 + event.data().length);
        try (JsonGenerator json = JSON.createGenerator(line)) {
            json.writeStartObject();
            json.writeStringField("specversion", "1.0");
            json.writeStringField("id", Long.toString(event.sequence()));
            json.writeStringField("source", sourceOf(event.entity()));
            json.writeStringField("type", event.manifest().entityType() + '.' + event.manifest().event());
            json.writeStringField("subject", event.entity().id());
            json.writeStringField("time", event.metadata().time().toString());
            json.writeStringField("sequence", Long.toString(event.sequence()));
            json.writeNumberField("eventversion", event.manifest().version());
            writeMetadata(event.metadata(), json);
            writeData(event.data(), json, line);
            json.writeEndObject();
        } catch (IOException impossible) {
            throw new UncheckedIOException(impossible);
        }
        line.write('\n');
        return line.toByteArray();
    }

    private static String sourceOf(EntityId entity) {
        return "/entities/" + entity.type() + '/' + entity.id();
    }

    private static void writeMetadata(EventMetadata metadata, JsonGenerator json) throws IOException {
        writeIfThere("caller", metadata.caller(), json);
        writeIfThere("correlation", metadata.correlation(), json);
        json.writeStringField("causation", metadata.causation().toString());
        writeIfThere("traceparent", metadata.traceparent(), json);
        @Nullable SpentKey key = metadata.spentKey();
        if (key != null) {
            json.writeStringField("commandkey", key.key());
            json.writeStringField("commandfingerprint", Base64.getEncoder().encodeToString(key.fingerprint()));
            json.writeNumberField("commandevents", key.events());
            byte @Nullable [] reply = key.reply();
            writeIfThere("commandreply", reply == null ? null : Base64.getEncoder().encodeToString(reply), json);
        }
    }

    private static void writeIfThere(String attribute, @Nullable String value, JsonGenerator json) throws IOException {
        if (value != null) {
            json.writeStringField(attribute, value);
        }
    }

    private static void writeData(byte[] data, JsonGenerator json, ByteArrayOutputStream line) throws IOException {
        json.writeStringField("datacontenttype", "application/json");
        if (isObjectInOneLine(data)) {
            json.writeFieldName("data");
            json.writeRawValue("");
            json.flush();
            line.write(data);
        } else {
            json.writeStringField("data_base64", Base64.getEncoder().encodeToString(data));
        }
    }

    private static boolean isObjectInOneLine(byte[] data) {
        for (byte character : data) {
            if (character == '\n' || character == '\r') {
                return false;
            }
        }
        if (data.length < 2 || data[0] != '{' || data[data.length - 1] != '}') {
            return false;
        }
        try (JsonParser json = JSON.createParser(data)) {
            json.nextToken();
            json.skipChildren();
            return json.nextToken() == null;
        } catch (IOException isNone) {
            return false;
        }
    }

    // ---- reading -------------------------------------------------------------------------------------------------

    /** The event of a line; its partition and its position are not known. */
    static RecordedEvent read(byte[] line) throws Malformed {
        Attributes attributes = new Attributes();
        try (JsonParser json = JSON.createParser(line)) {
            if (json.nextToken() != JsonToken.START_OBJECT) {
                throw new Malformed("is not a JSON object");
            }
            while (json.nextToken() != JsonToken.END_OBJECT) {
                readAttribute(json.currentName(), json, line, attributes);
            }
            if (json.nextToken() != null) {
                throw new Malformed("goes on after its JSON object");
            }
        } catch (JsonProcessingException wrong) {
            throw new Malformed("is not JSON: " + wrong.getOriginalMessage().replaceAll("\\s+", " "));
        } catch (IOException impossible) {
            throw new UncheckedIOException(impossible);
        }
        return attributes.event();
    }

    private static void readAttribute(String name, JsonParser json, byte[] line, Attributes attributes)
            throws IOException, Malformed {
        JsonToken value = json.nextToken();
        if (name.equals("data")) {
            require(value == JsonToken.START_OBJECT, "has a 'data' that is not a JSON object");
            int start = (int) json.currentTokenLocation().getByteOffset();
            json.skipChildren();
            attributes.data = Arrays.copyOfRange(line, start, (int) json.currentLocation().getByteOffset());
        } else if (TEXTS.contains(name)) {
            require(value == JsonToken.VALUE_STRING, "has a '" + name + "' that is not a string");
            require(json.getText().indexOf('\0') < 0, "has a '" + name + "' with a NUL in it");
            attributes.texts.put(name, json.getText());
        } else if (NUMBERS.contains(name)) {
            require(value == JsonToken.VALUE_NUMBER_INT && json.getTextLength() < 10 && json.getIntValue() > 0,
                    "has a '" + name + "' that is not a whole number from 1 to 999999999");
            attributes.numbers.put(name, json.getIntValue());
        } else {
            throw new Malformed("has an attribute '" + name + "', which would be lost: this release does not know it");
        }
    }

    /** Only as it is written: {@link UUID#fromString} takes much else for one, which would come out as another text. */
    private static UUID uuid(String text) {
        UUID uuid = UUID.fromString(text);
        if (!uuid.toString().equals(text)) {
            throw new IllegalArgumentException("it would be written as " + uuid);
        }
        return uuid;
    }

    private static void require(boolean holds, String otherwise) throws Malformed {
        if (!holds) {
            throw new Malformed(otherwise);
        }
    }

    /** What was read of a line so far. Confined to its reader. */
    private static final class Attributes {

        private final Map<String, String> texts = new HashMap<>();
        private final Map<String, Integer> numbers = new HashMap<>();
        private byte @Nullable [] data;

        RecordedEvent event() throws Malformed {
            require(text("specversion").equals("1.0"), "is of another CloudEvents version than 1.0");
            EventManifest manifest = manifest();
            EntityId entity = parsed("subject", subject -> new EntityId(manifest.entityType(), subject),
                    "the id of an entity: 1 to 180 characters of A-Z a-z 0-9 . _ ~ : @ -");
            long sequence = parsed("sequence", Long::parseLong, "a whole number from 1");
            require(sequence > 0, "has a 'sequence' that is not a whole number from 1");
            require(text("id").equals(Long.toString(sequence)), "has an 'id' that is not its sequence");
            require(text("source").equals(sourceOf(entity)), "has a 'source' that is not " + sourceOf(entity));
            require(text("datacontenttype").equals("application/json"),
                    "has a 'datacontenttype' that is not application/json");
            return new RecordedEvent(entity, sequence, 0, Position.START, manifest, payload(), metadata());
        }

        private EventManifest manifest() throws Malformed {
            int version = number("eventversion");
            return parsed("type", type -> checked(EventManifest.parse(type + '/' + version)),
                    "an entity type and an event, each in kebab-case of at most 60 characters, such as account.deposited");
        }

        private static EventManifest checked(EventManifest manifest) {
            var _ = StableName.check("entity type", manifest.entityType());
            var _ = StableName.check("event", manifest.event());
            return manifest;
        }

        private byte[] payload() throws Malformed {
            boolean inBase64 = texts.containsKey("data_base64");
            require(data == null || !inBase64, "has both 'data' and 'data_base64'");
            return data == null ? bytes(inBase64 ? "data_base64" : "data") : data;
        }

        private EventMetadata metadata() throws Malformed {
            Instant time = parsed("time", Instant::parse, "a time in UTC, such as 2026-11-21T06:04:38.123456Z");
            require(time.equals(time.truncatedTo(ChronoUnit.MICROS)) && time.isAfter(TOO_EARLY)
                    && time.isBefore(TOO_LATE),
                    "has a 'time' that is not in whole microseconds of a year from 1 to 9999");
            UUID causation = parsed("causation", CloudEventLine::uuid,
                    "a UUID of 36 characters in lower case, such as de41830a-64e5-4616-aab2-3b27de0c386c");
            return new EventMetadata(time, texts.get("caller"), texts.get("correlation"), causation,
                    texts.get("traceparent"), spentKey());
        }

        private @Nullable SpentKey spentKey() throws Malformed {
            if (!texts.containsKey("commandkey")) {
                require(!texts.containsKey("commandfingerprint") && !texts.containsKey("commandreply")
                        && !numbers.containsKey("commandevents"), "has attributes of a 'commandkey', but none");
                return null;
            }
            String key = text("commandkey");
            require(!key.isEmpty() && key.length() <= LONGEST_KEY,
                    "has a 'commandkey' that is not of 1 to %d characters".formatted(LONGEST_KEY));
            byte[] fingerprint = bytes("commandfingerprint");
            require(fingerprint.length == FINGERPRINT,
                    "has a 'commandfingerprint' that is not of %d bytes".formatted(FINGERPRINT));
            return new SpentKey(key, fingerprint, number("commandevents"),
                    texts.containsKey("commandreply") ? bytes("commandreply") : null);
        }

        private byte[] bytes(String name) throws Malformed {
            return parsed(name, Base64.getDecoder()::decode, "in base64");
        }

        private String text(String name) throws Malformed {
            @Nullable String text = texts.get(name);
            if (text == null) {
                throw new Malformed("has no '" + name + "'");
            }
            return text;
        }

        private int number(String name) throws Malformed {
            @Nullable Integer number = numbers.get(name);
            if (number == null) {
                throw new Malformed("has no '" + name + "'");
            }
            return number;
        }

        private <T> T parsed(String name, Function<String, T> parsing, String right) throws Malformed {
            String text = text(name);
            try {
                return parsing.apply(text);
            } catch (IllegalArgumentException | DateTimeException wrong) {
                throw new Malformed("has a '%s' that is not %s: %s".formatted(name, right,
                        text.length() > 100 ? text.substring(0, 100) + "..." : text));
            }
        }
    }
}
