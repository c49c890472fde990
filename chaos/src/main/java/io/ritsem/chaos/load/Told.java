package io.ritsem.chaos.load;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

import io.ritsem.harness.HttpCaller;

/** What a client was told about a command that it sent once. */
public sealed interface Told {

    /**
     * It was accepted: what it did is stored.
     *
     * @param token where, for readers
     * @param events as the answer says them
     */
    record Accepted(long version, String token, String events, boolean replayed) implements Told {}

    /** The domain said no; nothing was stored. */
    record Rejected(String code) implements Told {}

    /** Not decided, nothing stored: a 503, or nobody to connect to. */
    record Refused(String code) implements Told {}

    /** Perhaps stored, perhaps not: a 504, a 409, a broken connection, no answer in time. */
    record Unknown(String why) implements Told {}

    /** What nobody should ever be told. */
    record Wrong(int status, String body) implements Told {}

    /** Whether asking again could tell no more. */
    default boolean isCertain() {
        return switch (this) {
            case Accepted _,Rejected _,Wrong _ -> true;
            case Refused _,Unknown _ -> false;
        };
    }

    /** Reads it off an answer to a command. */
    static Told by(HttpCaller.Answer answer) {
        String body = answer.body();
        return switch (answer.status()) {
            case 200 -> new Accepted(version(body), token(answer), first(EVENTS, body),
                    answer.header("Idempotency-Replayed") != null);
            case 422 -> rejected(first(CODE, body), body);
            case 503 -> new Refused(first(CODE, body));
            case 409, 504 -> new Unknown(first(CODE, body));
            default -> body.contains("outcome-unknown") ? new Unknown("bug") : new Wrong(answer.status(), body);
        };
    }

    /** The version that an answer says; 0 if none. */
    static long version(String body) {
        return Long.parseLong(first(VERSION, body));
    }

    private static Told rejected(String code, String body) {
        return code.equals("idempotency-key-reused") ? new Wrong(422, body) : new Rejected(code);
    }

    private static String token(HttpCaller.Answer answer) {
        String token = answer.header("Consistency-Token");
        return token == null ? "" : token;
    }

    private static String first(Pattern pattern, String body) {
        Matcher found = pattern.matcher(body);
        return found.find() ? found.group(1) : "0";
    }

    Pattern VERSION = Pattern.compile("\"version\":(\\d+)");
    Pattern EVENTS = Pattern.compile("\"events\":(\\[.*])");
    Pattern CODE = Pattern.compile("\"code\":\"([^\"]+)\"");
}
