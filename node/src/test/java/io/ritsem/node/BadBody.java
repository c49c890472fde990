package io.ritsem.node;

import java.util.List;
import java.util.stream.Stream;

import static java.nio.charset.StandardCharsets.UTF_16;
import static java.nio.charset.StandardCharsets.UTF_8;

/**
 * The fields of a deposit, as they must not be.
 *
 * @param single what is wrong with it as a request's body
 * @param bulk what is wrong with it as the data of a line
 */
record BadBody(String name, byte[] content, List<String> single, List<String> bulk) {

    private static final String TOO_MUCH = "1".repeat(400);
    private static final String DEEP = "[".repeat(10_000) + "]".repeat(10_000);
    private static final String LONG = "x".repeat(10_000);

    static Stream<BadBody> all() {
        return Stream.of(shapes(), texts(), fields(), amounts()).flatMap(each -> each);
    }

    private static Stream<BadBody> shapes() {
        return Stream.of(
                wrongKind("an array", "[]"),
                wrongKind("an array of commands", "[{\"amount\":\"1.00\",\"reference\":\"x\"}]"),
                wrongKind("a number", "7"),
                wrongKind("null", "null"),
                wrongKind("a text", "\"deposit\""),
                malformed("an object that does not end", "{\"amount\":\"1.00\",\"reference\":\"x\""),
                malformed("no JSON", "amount=1.00&reference=x"),
                malformed("something after the object", "{\"amount\":\"1.00\",\"reference\":\"x\"} x"),
                malformed("a comma too much", "{\"amount\":\"1.00\",\"reference\":\"x\",}"),
                malformed("a comment", "{\"amount\":\"1.00\",/* rent */\"reference\":\"x\"}"),
                malformed("NaN", "{\"amount\":NaN,\"reference\":\"x\"}"),
                new BadBody("nested 10,000 deep", DEEP.getBytes(UTF_8), List.of(""), List.of("/data", "")),
                new BadBody("a field nested 10,000 deep",
                        ("{\"amount\":" + DEEP + ",\"reference\":\"x\"}").getBytes(UTF_8), List.of("/amount"),
                        List.of("")),
                new BadBody("an unknown field nested 10,000 deep",
                        ("{\"amount\":\"1.00\",\"reference\":\"x\",\"more\":" + DEEP + "}").getBytes(UTF_8),
                        List.of("/more", ""), List.of("")));
    }

    private static Stream<BadBody> texts() {
        byte[] badUtf8 = reference("a\u0001b").getBytes(UTF_8);
        badUtf8[reference("a").length() - 3] = (byte) 0xC3;
        return Stream.of(
                malformed("a control character in a text", reference("a\u0007b")),
                malformed("a tab in a text", reference("a\tb")),
                malformed("a U+0000 in a text", reference("a\u0000b")),
                wrong("an escaped U+0000", reference("a\\u0000b"), "/reference"),
                wrong("a lone high surrogate", reference("a\\ud800b"), "/reference"),
                wrong("a lone low surrogate", reference("\\udc00"), "/reference"),
                wrong("surrogates the wrong way round", reference("\\udc00\\ud800"), "/reference"),
                wrong("10 kB in an indexed field", reference(LONG), "/reference"),
                wrong("an empty text", reference(""), "/reference"),
                new BadBody("bad UTF-8", badUtf8, List.of(""), List.of("")),
                new BadBody("UTF-16", reference("x").getBytes(UTF_16), List.of(""), List.of("")));
    }

    private static Stream<BadBody> fields() {
        return Stream.of(
                wrong("no fields", "{}", "/amount", "/reference"),
                wrong("a missing field", "{\"amount\":\"1.00\"}", "/reference"),
                wrong("an unknown field", "{\"amount\":\"1.00\",\"reference\":\"x\",\"refrence\":\"y\"}", "/refrence"),
                wrong("a field of another case", "{\"amount\":\"1.00\",\"Reference\":\"x\"}", "/Reference",
                        "/reference"),
                wrong("a name to be escaped", "{\"amount\":\"1.00\",\"reference\":\"x\",\"a/b~c\":1}", "/a~1b~0c"),
                wrong("a field twice", "{\"amount\":\"1.00\",\"amount\":\"2.00\",\"reference\":\"x\"}", "/amount"),
                wrong("an unknown field of a name of 10 kB",
                        "{\"amount\":\"1.00\",\"reference\":\"x\",\"" + LONG + "\":1}", "*"),
                wrong("an unknown field with a surrogate in its name",
                        "{\"amount\":\"1.00\",\"reference\":\"x\",\"a\\ud800\":1}", "*"),
                wrong("a null", "{\"amount\":\"1.00\",\"reference\":null}", "/reference"),
                wrong("wrong types", "{\"amount\":1,\"reference\":7}", "/amount", "/reference"),
                wrong("an object for a text", "{\"amount\":\"1.00\",\"reference\":{\"text\":\"x\"}}", "/reference"),
                wrong("all at once", "{\"amount\":true,\"refrence\":\"x\"}", "/amount", "/refrence", "/reference"));
    }

    private static Stream<BadBody> amounts() {
        return Stream.of(
                wrong("a number of 400 digits", "{\"amount\":" + TOO_MUCH + ",\"reference\":\"x\"}", "/amount"),
                wrong("a text of 400 digits", amount(TOO_MUCH), "/amount"),
                wrong("a text of 400 decimals", amount("0." + TOO_MUCH), "/amount"),
                wrong("an exponent", amount("1e400"), "/amount"),
                wrong("a number with an exponent", "{\"amount\":1e999999999,\"reference\":\"x\"}", "/amount"),
                wrong("a negative amount", amount("-1.00"), "/amount"),
                wrong("an amount of nothing", amount("0.00"), "/amount"),
                wrong("an amount with 3 decimals", amount("1.001"), "/amount"),
                wrong("an amount of 16 digits", amount("1234567890123456.00"), "/amount"),
                wrong("no amount", amount(""), "/amount"),
                wrong("an amount in words", amount("ten"), "/amount"),
                wrong("an amount with blanks", amount(" 1.00 "), "/amount"),
                wrong("an amount in other digits", amount("١"), "/amount"));
    }

    private static String amount(String amount) {
        return "{\"amount\":\"" + amount + "\",\"reference\":\"x\"}";
    }

    private static String reference(String reference) {
        return "{\"amount\":\"1.00\",\"reference\":\"" + reference + "\"}";
    }

    private static BadBody wrongKind(String name, String json) {
        return new BadBody(name, json.getBytes(UTF_8), List.of(""), List.of("/data"));
    }

    /** In bulk it is the line that is malformed. */
    private static BadBody malformed(String name, String json) {
        return new BadBody(name, json.getBytes(UTF_8), List.of(""), List.of(""));
    }

    private static BadBody wrong(String name, String json, String... pointers) {
        return new BadBody(name, json.getBytes(UTF_8), List.of(pointers),
                Stream.of(pointers).map(pointer -> pointer.equals("*") ? pointer : "/data" + pointer).toList());
    }

    @Override public String toString() {
        return name;
    }
}
