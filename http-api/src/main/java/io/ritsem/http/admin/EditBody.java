package io.ritsem.http.admin;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import org.jspecify.annotations.Nullable;

import io.ritsem.http.problem.ProblemException;
import io.ritsem.http.server.Exchange;
import io.ritsem.projections.engine.DeadLetters.Action;
import io.ritsem.projections.store.Edit;
import io.ritsem.runtime.journal.EntityId;
import io.ritsem.runtime.json.JsonType;
import io.ritsem.runtime.json.Violation;

/** The body that edits a dead letter: that of an action, but for the event's own JSON, which may be any. Stateless. */
final class EditBody {

    private static final JsonMapper JSON = JsonMapper.builder()
            .enable(JsonParser.Feature.STRICT_DUPLICATE_DETECTION)
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS, DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
            .build();
    private static final String DATA = "data";
    private static final List<String> OTHERS = List.of("reason", "entity", "sequence");

    record Others(String reason, String entity, long sequence) implements ActionBody.Reasoned {}

    private static final JsonType<Others> TYPE = JsonType.of(Others.class);

    private EditBody() {}

    /** @throws ProblemException 400 if it is not valid */
    static Action read(Exchange exchange) {
        List<Violation> violations = new ArrayList<>();
        try {
            ObjectNode body = parse(exchange.jsonBody());
            JsonNode data = body.path(DATA);
            if (!data.isObject()) {
                violations.add(new Violation("/data", data.isMissingNode() ? "missing" : "wrong-type",
                        "must be a JSON object, as the event's name and version have it"));
            }
            body.remove(DATA);
            body.fieldNames()
                    .forEachRemaining(name -> {
                        if (!OTHERS.contains(name)) {
                            violations.add(new Violation("/" + name.replace("~", "~0").replace("/", "~1"), "unknown",
                                    "is none of data, " + String.join(", ", OTHERS)));
                        }
                    });
            @Nullable Others others = ActionBody.decode(JSON.writeValueAsBytes(body.retain(OTHERS)), TYPE, violations);
            @Nullable Action edit = others == null ? null : edit(others, JSON.writeValueAsBytes(data), violations);
            if (edit != null && violations.isEmpty()) {
                return edit;
            }
        } catch (JsonProcessingException impossible) {
            throw new IllegalStateException(impossible);
        }
        throw ActionBody.invalid(violations);
    }

    private static ObjectNode parse(byte[] json) {
        try {
            if (JSON.readTree(json) instanceof ObjectNode object) {
                return object;
            }
            throw ActionBody.invalid(List.of(new Violation("", "wrong-type", "The body must be a JSON object")));
        } catch (JsonProcessingException e) {
            throw ActionBody.invalid(List.of(
                    new Violation("", "malformed", "The body is not well-formed JSON: " + e.getOriginalMessage())));
        } catch (IOException impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    private static @Nullable Action edit(Others others, byte[] data, List<Violation> violations) {
        if (others.sequence() < 1) {
            violations.add(new Violation("/sequence", "out-of-range", "must be 1 or more"));
        }
        try {
            Edit edit = new Edit(EntityId.ofPersistenceId(others.entity()), others.sequence(), data);
            return new Action.EditAndRetry(edit, others.reason());
        } catch (IllegalArgumentException e) {
            violations.add(new Violation("/entity", "invalid", "must be type|id, such as account|ada"));
            return null;
        }
    }
}
