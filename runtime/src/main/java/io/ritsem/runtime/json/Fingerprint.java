package io.ritsem.runtime.json;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * Tells shapes apart by what may stand in their documents. The order of fields, variants and enum constants is left out,
 * as JSON objects have none. What is hashed is never to change: fingerprints are stored. Stateless.
 */
final class Fingerprint {

    private Fingerprint() {}

    static String of(Shape shape) {
        try {
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(text(shape).getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(digest);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("Every JDK has SHA-256", e);
        }
    }

    /** For example {@code {amount:decimal,due?:date,lines:[text]}}. */
    static String text(Shape shape) {
        return switch (shape) {
            case Shape.Text() -> "text";
            case Shape.Decimal() -> "decimal";
            case Shape.Whole(long least, long greatest) -> least + ".." + greatest;
            case Shape.Bool() -> "boolean";
            case Shape.Moment() -> "instant";
            case Shape.Day() -> "date";
            case Shape.Uuid() -> "uuid";
            case Shape.Choice choice -> "enum" + new TreeSet<>(choice.names());
            case Shape.ListOf list -> "[" + text(list.element()) + "]";
            case Shape.MapOf map -> "{*:" + text(map.value()) + "}";
            case Shape.Fields fields -> text(fields);
            case Shape.OneOf oneOf -> new TreeMap<>(oneOf.variants()).entrySet()
                    .stream()
                    .map(variant -> variant.getKey() + text(variant.getValue()))
                    .collect(Collectors.joining("|", "<", ">"));
        };
    }

    private static String text(Shape.Fields fields) {
        return new TreeMap<>(fields.fields()).entrySet()
                .stream()
                .map(field -> field.getKey() + (field.getValue().optional() ? "?:" : ":")
                        + text(field.getValue().shape()))
                .collect(Collectors.joining(",", "{", "}"));
    }
}
