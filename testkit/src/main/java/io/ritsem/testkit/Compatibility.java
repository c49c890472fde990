package io.ritsem.testkit;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

import org.jspecify.annotations.Nullable;

import io.ritsem.runtime.json.Shape;

/**
 * Whether what was stored in one shape can be read in another, by the rules of stored JSON: what is unknown is passed
 * over, what may be absent may also be an enum's constant that has gone. Stateless.
 */
final class Compatibility {

    private Compatibility() {}

    /** Why some document of the one shape cannot be read as the other; null if all can. */
    static @Nullable String whyUnreadable(Shape stored, Shape reader) {
        return why("", stored, reader);
    }

    private static @Nullable String why(String at, Shape stored, Shape reader) {
        return switch (reader) {
            case Shape.Text() when isText(stored) -> null;
            case Shape.Whole(long least, long greatest) when stored instanceof Shape.Whole(long from, long to)
                    && least <= from && to <= greatest ->
                    null;
            case Shape.Choice(var names) when stored instanceof Shape.Choice(var old) -> {
                List<String> gone = new ArrayList<>(old);
                gone.removeAll(names);
                yield gone.isEmpty() ? null : "%s may be one of %s, which are no more".formatted(named(at), gone);
            }
            case Shape.ListOf(var element) when stored instanceof Shape.ListOf(var old) -> why(at + "[]", old, element);
            case Shape.MapOf(var value) when stored instanceof Shape.MapOf(var old) -> why(at + ".*", old, value);
            case Shape.Fields fields when stored instanceof Shape.Fields old -> why(at, old, fields);
            case Shape.OneOf(var variants) when stored instanceof Shape.OneOf(var old) -> {
                for (Map.Entry<String, Shape.Fields> variant : old.entrySet()) {
                    Shape.@Nullable Fields now = variants.get(variant.getKey());
                    @Nullable String why = now == null
                            ? "%s may be a '%s', which is no more".formatted(named(at), variant.getKey())
                            : why(at, variant.getValue(), now);
                    if (why != null) {
                        yield why;
                    }
                }
                yield null;
            }
            case Shape.Text _,Shape.Decimal _,Shape.Whole _,Shape.Bool _,Shape.Moment _,Shape.Day _,Shape.Uuid _,Shape.Choice _,Shape.ListOf _,Shape.MapOf _,Shape.Fields _,Shape.OneOf _ ->
                    stored.equals(reader)
                            ? null
                            : "%s was stored as %s, but is now %s".formatted(named(at), ShapeJson.of(stored),
                                    ShapeJson.of(reader));
        };
    }

    private static @Nullable String why(String at, Shape.Fields stored, Shape.Fields reader) {
        for (Map.Entry<String, Shape.Field> field : reader.fields().entrySet()) {
            String name = at.isEmpty() ? field.getKey() : at + '.' + field.getKey();
            Shape.Field now = field.getValue();
            Shape.@Nullable Field old = stored.fields().get(field.getKey());
            boolean choiceMayBeAbsent = now.optional() && now.shape() instanceof Shape.Choice && old != null
                    && old.shape() instanceof Shape.Choice;
            @Nullable String why = (old == null || old.optional()) && !now.optional()
                    ? "%s must be there, but %s".formatted(named(name), old == null ? "never was" : "may be absent")
                    : old == null || choiceMayBeAbsent ? null : why(name, old.shape(), now.shape());
            if (why != null) {
                return why;
            }
        }
        return null;
    }

    private static String named(String at) {
        return at.isEmpty() ? "the event" : "'" + at + "'";
    }

    private static boolean isText(Shape shape) {
        return switch (shape) {
            case Shape.Text _,Shape.Decimal _,Shape.Moment _,Shape.Day _,Shape.Uuid _,Shape.Choice _ -> true;
            case Shape.Whole _,Shape.Bool _,Shape.ListOf _,Shape.MapOf _,Shape.Fields _,Shape.OneOf _ -> false;
        };
    }

    /** The shape of all documents of either, given that the one can be read as the other; in the order of the first. */
    static Shape both(Shape stored, Shape reader) {
        if (stored instanceof Shape.Fields one && reader instanceof Shape.Fields other) {
            return both(one, other);
        }
        if (stored instanceof Shape.Choice(var one) && reader instanceof Shape.Choice(var other)) {
            Set<String> names = new LinkedHashSet<>(one);
            names.addAll(other);
            return new Shape.Choice(List.copyOf(names));
        }
        if (stored instanceof Shape.ListOf(var one) && reader instanceof Shape.ListOf(var other)) {
            return new Shape.ListOf(both(one, other));
        }
        if (stored instanceof Shape.MapOf(var one) && reader instanceof Shape.MapOf(var other)) {
            return new Shape.MapOf(both(one, other));
        }
        if (stored instanceof Shape.OneOf(var one) && reader instanceof Shape.OneOf(var other)) {
            Map<String, Shape.Fields> variants = new LinkedHashMap<>(one);
            other.forEach((name, fields) -> variants.merge(name, fields, Compatibility::both));
            return new Shape.OneOf(variants);
        }
        return reader;
    }

    private static Shape.Fields both(Shape.Fields stored, Shape.Fields reader) {
        Map<String, Shape.Field> fields = new LinkedHashMap<>();
        stored.fields().forEach((name, old) -> {
            Shape.@Nullable Field now = reader.fields().get(name);
            fields.put(name, now == null
                    ? new Shape.Field(old.shape(), true)
                    : new Shape.Field(both(old.shape(), now.shape()), now.optional()));
        });
        reader.fields().forEach((name, now) -> fields.putIfAbsent(name, new Shape.Field(now.shape(), true)));
        return new Shape.Fields(fields);
    }
}
