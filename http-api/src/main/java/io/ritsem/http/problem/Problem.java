package io.ritsem.http.problem;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import org.jspecify.annotations.Nullable;

import io.ritsem.http.json.JsonBytes;

/**
 * A problem for a client (RFC 9457). Immutable.
 *
 * @param status the HTTP status
 * @param code stable and kebab-case; the type is {@code urn:ritsem:problem:<code>} and the title the code in words
 * @param detail a sentence for a person
 * @param errors all that is wrong with the request
 * @param retryAfter in how many seconds to try again; 0 if that would be of no use
 * @param traceId under which it was logged already, or null: then it is the request's
 * @param members more members by name, each JSON already
 */
public record Problem(int status, String code, String detail, List<InvalidInput> errors, int retryAfter,
        @Nullable String traceId, Map<String, byte[]> members) {

    public static final String MEDIA_TYPE = "application/problem+json";

    /** The code of what may have been stored or not. */
    public static final String OUTCOME_UNKNOWN = "outcome-unknown";

    private static final String RETRYABLE = "retryable";
    private static final int SHOWN = 80;
    private static final int MOST_ERRORS = 100;

    /** A problem that has nothing but its detail. */
    public static Problem of(int status, String code, String detail) {
        return new Problem(status, code, detail, List.of(), 0, null, Map.of());
    }

    /** 400: something about the request is wrong; every error is listed, up to 100. */
    public static Problem invalidRequest(List<InvalidInput> errors) {
        return invalid("invalid-request", "The request is not valid", errors);
    }

    /** 400: the body is not what it should be; every error is listed, up to 100. */
    public static Problem invalidBody(List<InvalidInput> errors) {
        return invalid("invalid-body", "The body is not valid", errors);
    }

    private static Problem invalid(String code, String what, List<InvalidInput> errors) {
        String detail = errors.size() == 1
                ? what + ": " + errors.getFirst().sentence()
                : what + ": " + errors.size() + " errors";
        return new Problem(400, code, detail, bounded(errors), 0, null, Map.of());
    }

    /** A short query string of many mistakes would have an answer of megabytes. */
    private static List<InvalidInput> bounded(List<InvalidInput> errors) {
        if (errors.size() <= MOST_ERRORS) {
            return List.copyOf(errors);
        }
        List<InvalidInput> first = new ArrayList<>(errors.subList(0, MOST_ERRORS));
        first.add(new InvalidInput(first.getLast().place(), "", "invalid",
                "there may be more errors: only the first are listed"));
        return List.copyOf(first);
    }

    /** 404: there is nothing of this name; {@code known} says what there is. */
    public static Problem unknown(String code, String what, String name, Collection<String> known) {
        return of(404, code, "There is no %s '%s'".formatted(what, shown(name))).with("known", array(known));
    }

    /** 404: the entity type has no command of this name; {@code known} says which it has. */
    public static Problem unknownCommand(String type, String name, Collection<String> known) {
        return of(404, "unknown-command", "There is no command '%s' of '%s'".formatted(shown(name), type))
                .with("known", array(known));
    }

    /** 503: nothing was done; try again. */
    public static Problem unavailable(String reason, String detail, int retryAfter) {
        return new Problem(503, reason, detail, List.of(), retryAfter, null, Map.of(RETRYABLE, ascii("true")));
    }

    /** 503: nothing was done, and trying again is of no use until somebody has mended something. */
    public static Problem stopped(String reason, String detail, int retryAfter) {
        return unavailable(reason, detail, retryAfter).with(RETRYABLE, ascii("false"));
    }

    /** 500: a bug, logged under the trace id, before anything could be stored. */
    public static Problem bug(@Nullable String traceId) {
        return new Problem(500, "internal-error",
                "A bug kept the server from answering; nothing was stored. The server's "
                        + "log tells more under this trace id",
                List.of(), 0, traceId, Map.of());
    }

    /** 500: a bug, logged under the request's trace id, after a command was sent to its entity, or an action had begun. */
    public static Problem bugInDoubt() {
        return of(500, OUTCOME_UNKNOWN,
                "A bug kept the server from answering; what was sent may have been stored, or done: "
                        + "send a command again with the same idempotency key; of an action /api/admin/audit tells");
    }

    /** The same with one more member. */
    public Problem with(String member, byte[] json) {
        Map<String, byte[]> more = new LinkedHashMap<>(members);
        more.put(member, json);
        return new Problem(status, code, detail, errors, retryAfter, traceId, more);
    }

    /** The same with one more member. */
    public Problem with(String member, long number) {
        return with(member, ascii(Long.toString(number)));
    }

    private static byte[] ascii(String json) {
        return json.getBytes(StandardCharsets.US_ASCII);
    }

    /** The problem as JSON. */
    public byte[] toJson(String requestTraceId) {
        JsonBytes json = new JsonBytes(512).ascii("{");
        writeMembers(json, requestTraceId);
        return json.ascii("}").toByteArray();
    }

    /** Its members without the braces. */
    public void writeMembers(JsonBytes json, String requestTraceId) {
        json.ascii("\"status\":")
                .number(status)
                .ascii(",\"type\":")
                .string("urn:ritsem:problem:" + code)
                .ascii(",\"title\":")
                .string(title())
                .ascii(",\"detail\":")
                .string(detail)
                .ascii(",\"code\":")
                .string(code)
                .ascii(",\"traceId\":")
                .string(traceId == null ? requestTraceId : traceId);
        if (!errors.isEmpty()) {
            json.ascii(",\"errors\":[");
            for (int i = 0; i < errors.size(); i++) {
                json.ascii(i == 0 ? "" : ",");
                errors.get(i).write(json);
            }
            json.ascii("]");
        }
        members.forEach((name, value) -> json.ascii(",").string(name).ascii(":").raw(value));
    }

    private String title() {
        return Character.toUpperCase(code.charAt(0)) + code.substring(1).replace('-', ' ');
    }

    /** What somebody sent, short enough to be shown. */
    public static String shown(String text) {
        return text.length() <= SHOWN ? text : text.substring(0, SHOWN) + "...";
    }

    private static byte[] array(Collection<String> texts) {
        JsonBytes json = new JsonBytes(128).ascii("[");
        String comma = "";
        for (String text : texts) {
            json.ascii(comma).string(text);
            comma = ",";
        }
        return json.ascii("]").toByteArray();
    }
}
