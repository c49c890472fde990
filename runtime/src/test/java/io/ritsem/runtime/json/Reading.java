package io.ritsem.runtime.json;

import java.util.List;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

/** What a test needs to read JSON that it writes with apostrophes for quotes. Stateless. */
final class Reading {

    private Reading() {}

    static byte[] json(String withApostrophes) {
        return withApostrophes.replace('\'', '"').getBytes(UTF_8);
    }

    static <T> T decode(Class<T> type, String json) {
        return JsonType.of(type).decode(json(json));
    }

    static <T> T decodeStored(Class<T> type, String json) {
        return JsonType.of(type).decodeStored(json(json));
    }

    /** What is wrong with it, each as {@code code pointer}. */
    static List<String> problems(Class<?> type, String json) {
        return violations(type, json).stream().map(problem -> problem.code() + " " + problem.pointer()).toList();
    }

    static List<Violation> violations(Class<?> type, String json) {
        return catchThrowableOfType(InvalidJsonException.class, () -> decode(type, json)).violations();
    }

    static String encode(Object value) {
        return new String(JsonType.encodeValue(value), UTF_8).replace('"', '\'');
    }
}
