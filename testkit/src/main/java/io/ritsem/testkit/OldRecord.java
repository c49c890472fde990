package io.ritsem.testkit;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

import io.ritsem.runtime.application.EntityModel;
import io.ritsem.runtime.json.Shape;

/** The code of an upcaster that is missing: the record of an old version as Java. Confined to one record. */
final class OldRecord {

    /** Nested types that the record needs, in the order of their first use. */
    private final List<String> nested = new ArrayList<>();

    private OldRecord() {}

    static String code(StoredName name, Shape shape, EntityModel<?, ?, ?> model) {
        String record = pascal(name.event()) + "V" + name.version();
        Class<?> entity = model.entity().getClass();
        return """
               @Name("%s") @Version(%d)
               %s

               app.entity("%s", new %s())
                   .upcast(%s.class, old -> List.of(/* the events that it stands for today */));"""
                .formatted(name.event(), name.version(), of(record, shape), name.entityType(),
                        entity.getTypeName()
                                .substring(entity.getPackageName().isEmpty() ? 0
                                        : entity.getPackageName().length() + 1)
                                .replace('$', '.'),
                        record)
                .lines()
                .map(line -> line.isEmpty() ? line : "    " + line)
                .collect(Collectors.joining("\n"));
    }

    /** A record of this name and shape. */
    static String of(String name, Shape shape) {
        return shape instanceof Shape.Fields fields ? record(name, fields, "") : "record " + name + "() {}";
    }

    private static String record(String name, Shape.Fields fields, String contract) {
        OldRecord record = new OldRecord();
        String components = fields.fields()
                .entrySet()
                .stream()
                .map(field -> record.component(field.getKey(), field.getValue()))
                .collect(Collectors.joining(", "));
        return "record %s(%s)%s {%s}".formatted(name, components, contract, record.body());
    }

    private String body() {
        return nested.isEmpty() ? "" : " " + String.join(" ", nested) + " ";
    }

    private String component(String name, Shape.Field field) {
        String capital = name.substring(0, 1).toUpperCase(Locale.ROOT) + name.substring(1);
        return (field.optional() ? "Optional<%s>".formatted(boxed(field.shape(), capital))
                : plain(field.shape(), capital))
                + " " + name;
    }

    private String plain(Shape shape, String name) {
        return switch (shape) {
            case Shape.Whole _ -> isInt(shape) ? "int" : "long";
            case Shape.Bool _ -> "boolean";
            case Shape.Text _,Shape.Decimal _,Shape.Moment _,Shape.Day _,Shape.Uuid _,Shape.Choice _,Shape.ListOf _,Shape.MapOf _,Shape.Fields _,Shape.OneOf _ ->
                    boxed(shape, name);
        };
    }

    private String boxed(Shape shape, String name) {
        return switch (shape) {
            case Shape.Text _ -> "String";
            case Shape.Decimal _ -> "BigDecimal";
            case Shape.Whole _ -> isInt(shape) ? "Integer" : "Long";
            case Shape.Bool _ -> "Boolean";
            case Shape.Moment _ -> "Instant";
            case Shape.Day _ -> "LocalDate";
            case Shape.Uuid _ -> "UUID";
            case Shape.ListOf(var element) -> "List<%s>".formatted(boxed(element, name));
            case Shape.MapOf(var value) -> "Map<String, %s>".formatted(boxed(value, name));
            case Shape.Choice(var names) -> nest(name, "enum %s { %s }".formatted(name, String.join(", ", names)));
            case Shape.Fields fields -> nest(name, record(name, fields, ""));
            case Shape.OneOf(var variants) -> nest(name, "sealed interface %s { %s }".formatted(name,
                    variants.entrySet()
                            .stream()
                            .map(variant -> variant(name, variant))
                            .collect(Collectors.joining(" "))));
        };
    }

    private static String variant(String contract, Map.Entry<String, Shape.Fields> variant) {
        return "@Name(\"%s\") %s".formatted(variant.getKey(),
                record(pascal(variant.getKey()), variant.getValue(), " implements " + contract));
    }

    private String nest(String name, String declaration) {
        nested.add(declaration);
        return name;
    }

    private static boolean isInt(Shape shape) {
        return shape instanceof Shape.Whole(long least, long greatest) && least >= Integer.MIN_VALUE
                && greatest <= Integer.MAX_VALUE;
    }

    private static String pascal(String name) {
        return Arrays.stream(name.split("-"))
                .map(word -> word.substring(0, 1).toUpperCase(Locale.ROOT) + word.substring(1))
                .collect(Collectors.joining());
    }
}
