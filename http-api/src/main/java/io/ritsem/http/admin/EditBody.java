package io.ritsem.http.admin;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.MissingNode;
import org.jspecify.annotations.Nullable;

import io.ritsem.http.problem.InvalidInput;
import io.ritsem.http.problem.Problem;
import io.ritsem.http.problem.ProblemException;
import io.ritsem.projections.engine.DeadLetters.Action;
import io.ritsem.projections.store.Edit;
import io.ritsem.runtime.journal.EntityId;
import io.ritsem.runtime.json.Violation;

/** The body that edits a dead letter; every mistake is gathered. Confined to its request. */
final class EditBody {

    private static final JsonMapper JSON = JsonMapper.builder()
            .enable(JsonParser.Feature.STRICT_DUPLICATE_DETECTION)
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS, DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
            .build();
    private static final String REASON = "reason";
    private static final String ENTITY = "entity";
    private static final String SEQUENCE = "sequence";
    private static final String DATA = "data";
    private static final List<String> KNOWN = List.of(REASON, ENTITY, SEQUENCE, DATA);

    private final JsonNode body;
    private final List<InvalidInput> errors = new ArrayList<>();

    private EditBody(byte[] json) {
        this.body = parse(json);
        body.fieldNames().forEachRemaining(name -> {
            if (!KNOWN.contains(name)) {
                wrong("/" + name.replace("~", "~0").replace("/", "~1"), "unknown",
                        "is none of " + String.join(", ", KNOWN));
            }
        });
    }

    private JsonNode parse(byte[] json) {
        try {
            JsonNode read = JSON.readTree(json);
            if (read.isObject()) {
                return read;
            }
            wrong("", "wrong-type", "The body must be a JSON object");
        } catch (JsonProcessingException e) {
            wrong("", "malformed", "The body is not well-formed JSON: " + e.getOriginalMessage());
        } catch (IOException impossible) {
            throw new IllegalStateException(impossible);
        }
        throw new ProblemException(Problem.invalidBody(errors));
    }

    /** @throws ProblemException 400 if it is not valid */
    static Action read(byte[] json) {
        EditBody body = new EditBody(json);
        String reason = body.reason();
        @Nullable EntityId entity = body.entity();
        JsonNode sequence = body.required(SEQUENCE);
        if (!sequence.isMissingNode() && (!sequence.isIntegralNumber() || !sequence.canConvertToLong()
                || sequence.longValue() < 1)) {
            body.wrong("/sequence", "wrong-type", "must be a whole number, 1 or more");
        }
        JsonNode data = body.required(DATA);
        if (!data.isMissingNode() && !data.isObject()) {
            body.wrong("/data", "wrong-type", "must be a JSON object, as the event's name and version have it");
        }
        body.check();
        try {
            return new Action.EditAndRetry(
                    new Edit(Objects.requireNonNull(entity), sequence.longValue(), JSON.writeValueAsBytes(data)),
                    reason);
        } catch (JsonProcessingException impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    private String reason() {
        JsonNode reason = required(REASON);
        if (!reason.isMissingNode() && (!reason.isTextual() || !Action.isReason(reason.textValue()))) {
            wrong("/reason", "invalid", Action.RIGHT_REASON);
        }
        return reason.asText("");
    }

    private @Nullable EntityId entity() {
        JsonNode entity = required(ENTITY);
        try {
            return entity.isMissingNode() ? null : EntityId.ofPersistenceId(entity.asText(""));
        } catch (IllegalArgumentException e) {
            wrong("/entity", "invalid", "must be type|id, such as account|ada");
            return null;
        }
    }

    private JsonNode required(String name) {
        JsonNode value = body.path(name);
        if (value.isMissingNode() || value.isNull()) {
            wrong("/" + name, "missing", "must be there");
            return MissingNode.getInstance();
        }
        return value;
    }

    private void wrong(String pointer, String code, String message) {
        errors.add(InvalidInput.body(new Violation(pointer, code, message)));
    }

    private void check() {
        if (!errors.isEmpty()) {
            throw new ProblemException(Problem.invalidBody(errors));
        }
    }
}
