package io.ritsem.node;

import java.util.List;
import java.util.stream.Stream;

import static java.nio.charset.StandardCharsets.UTF_8;

/**
 * A line of a bulk request, as it must not be.
 *
 * @param code the problem's code
 * @param wrong the pointers that are listed
 */
record BadLine(String name, byte[] content, int status, String code, List<String> wrong) {

    static Stream<BadLine> all() {
        return Stream.of(BadBody.all().map(BadLine::with), members(), addresses()).flatMap(each -> each);
    }

    private static BadLine with(BadBody body) {
        byte[] before = "{\"type\":\"account\",\"id\":\"victim\",\"command\":\"deposit\",\"data\":".getBytes(UTF_8);
        byte[] line = new byte[before.length + body.content().length + 1];
        System.arraycopy(before, 0, line, 0, before.length);
        System.arraycopy(body.content(), 0, line, before.length, body.content().length);
        line[line.length - 1] = '}';
        return new BadLine("data: " + body.name(), line, 400, "invalid-body", body.bulk());
    }

    private static Stream<BadLine> members() {
        return Stream.of(
                line("an array", "[]", ""),
                line("a text", "\"deposit\"", ""),
                line("no JSON", "deposit", ""),
                line("two objects", "{} {}", ""),
                line("nothing", "{}", "/type", "/id", "/command", "/data"),
                line("an unknown member", with("\"kye\":\"k\""), "/kye"),
                line("a member twice", with("\"id\":\"other\""), "/id"),
                line("a key of 256 characters", with("\"key\":\"" + "k".repeat(256) + "\""), "/key"),
                line("an empty key", with("\"key\":\"\""), "/key"),
                line("a control character in a key", with("\"key\":\"a\\u0007\""), "/key"),
                line("a key that is a number", with("\"key\":7"), "/key"),
                line("a version that is a text", with("\"expectedVersion\":\"1\""), "/expectedVersion"),
                line("a negative version", with("\"expectedVersion\":-1"), "/expectedVersion"),
                line("a version of 400 digits", with("\"expectedVersion\":" + "1".repeat(400)), "/expectedVersion"),
                line("all at once", with("\"key\":\"\",\"expectedVersion\":-1,\"x\":1"), "/key", "/expectedVersion",
                        "/x"),
                new BadLine("300 KiB", with("\"key\":\"" + "k".repeat(300 << 10) + "\"").getBytes(UTF_8), 413,
                        "too-large", List.of()));
    }

    private static Stream<BadLine> addresses() {
        return Stream.of(
                line("an id of 300 characters", addressed("account", "a".repeat(300), "deposit"), "/id"),
                line("a control character in an id", addressed("account", "a\\u0007b", "deposit"), "/id"),
                line("a U+0000 in an id", addressed("account", "a\\u0000b", "deposit"), "/id"),
                line("a lone surrogate in an id", addressed("account", "a\\ud800b", "deposit"), "/id"),
                line("an empty id", addressed("account", "", "deposit"), "/id"),
                new BadLine("an unknown type", addressed("acount", "a", "deposit").getBytes(UTF_8), 404,
                        "unknown-type", List.of()),
                new BadLine("a lone surrogate in a type", addressed("\\ud800", "a", "deposit").getBytes(UTF_8), 404,
                        "unknown-type", List.of()),
                new BadLine("an unknown command", addressed("account", "a", "depositt").getBytes(UTF_8), 404,
                        "unknown-command", List.of()));
    }

    private static String addressed(String type, String id, String command) {
        return "{\"type\":\"%s\",\"id\":\"%s\",\"command\":\"%s\",\"data\":%s}".formatted(type, id, command,
                BadRequest.DEPOSIT);
    }

    private static String with(String members) {
        return "{\"type\":\"account\",\"id\":\"victim\",\"command\":\"deposit\",\"data\":" + BadRequest.DEPOSIT + ","
                + members + "}";
    }

    private static BadLine line(String name, String line, String... pointers) {
        return new BadLine(name, line.getBytes(UTF_8), 400, "invalid-body", List.of(pointers));
    }

    @Override public String toString() {
        return name;
    }
}
