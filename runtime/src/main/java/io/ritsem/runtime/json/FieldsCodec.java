package io.ritsem.runtime.json;

import java.io.IOException;
import java.lang.invoke.MethodHandle;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import com.fasterxml.jackson.core.JsonToken;
import org.jspecify.annotations.Nullable;

/** A record. */
final class FieldsCodec implements Codec {

    private static final int LONGEST_NAME_IN_POINTER = 256;
    private static final int LONGEST_MESSAGE = 500;

    private final Component[] components;
    private final MethodHandle constructor;
    private final Shape.Fields shape;
    private final Map<String, Integer> indexes = new HashMap<>();

    /** @param constructor from {@code Object[]} to {@code Object} */
    FieldsCodec(List<Component> components, MethodHandle constructor) {
        this.components = components.toArray(Component[]::new);
        this.constructor = constructor;
        Map<String, Shape.Field> fields = new LinkedHashMap<>();
        for (Component component : components) {
            indexes.put(component.name(), indexes.size());
            fields.put(component.name(), new Shape.Field(component.codec().shape(), component.mayBeAbsent()));
        }
        shape = new Shape.Fields(fields);
    }

    private FieldsCodec(FieldsCodec untagged) {
        components = untagged.components;
        constructor = untagged.constructor;
        shape = untagged.shape;
        indexes.putAll(untagged.indexes);
        indexes.put(OneOfCodec.TAG, components.length);
    }

    /** The same record as a variant of a sealed interface: a field tells so, after the components by its index. */
    FieldsCodec tagged() {
        return new FieldsCodec(this);
    }

    @Override public Shape.Fields shape() {
        return shape;
    }

    @Override public @Nullable Object read(JsonInput in) throws IOException {
        if (in.parser().currentToken() != JsonToken.START_OBJECT) {
            in.wrongType("an object");
            return null;
        }
        return readFields(in, in.parser().nextFieldName(), false);
    }

    /**
     * Reads the fields of an object that has been entered.
     *
     * @param first the name of the first field, which is the current token; null if there is none
     * @param tagRead whether the tag has been read before
     */
    @Nullable Object readFields(JsonInput in, @Nullable String first, boolean tagRead) throws IOException {
        int before = in.problems();
        @Nullable Object[] values = new Object[components.length];
        boolean[] seen = new boolean[components.length + 1];
        seen[components.length] = tagRead;
        int next = 0;
        for (@Nullable String name = first; name != null; name = in.parser().nextFieldName()) {
            int index = indexOf(name, next);
            in.parser().nextToken();
            if (index < 0) {
                passOverUnknown(in, name);
            } else {
                if (seen[index]) {
                    in.violationOf(name, "invalid", "must be there only once");
                }
                seen[index] = true;
                next = index + 1;
                if (index < components.length) {
                    values[index] = readComponent(in, components[index]);
                } else {
                    in.parser().skipChildren();
                }
            }
        }
        noteMissing(in, seen);
        return in.problems() > before ? null : construct(in, values);
    }

    /** The component of this name, or -1; fields mostly come in the record's order, so it is probably the next. */
    private int indexOf(String name, int next) {
        boolean expected = next < components.length && components[next].name().equals(name);
        return expected ? next : indexes.getOrDefault(name, -1);
    }

    private static @Nullable Object readComponent(JsonInput in, Component component) throws IOException {
        in.path().enter(component.name());
        @Nullable Object value;
        if (component.mayBeAbsent() && in.parser().currentToken() == JsonToken.VALUE_NULL) {
            value = null;
        } else if (component.mayBeAbsent() && !in.strict() && component.codec() instanceof ChoiceCodec choice) {
            value = choice.readIfKnown(in);
        } else {
            value = component.codec().read(in);
        }
        in.path().leave();
        return value;
    }

    private void passOverUnknown(JsonInput in, String name) throws IOException {
        if (in.strict()) {
            if (name.length() > LONGEST_NAME_IN_POINTER) {
                in.violation("unknown", "has the unknown field " + Text.quoted(name));
            } else {
                in.violationOf(name, "unknown", "is not a field; the fields are " + shape.fields().keySet());
            }
        }
        in.parser().skipChildren();
    }

    private void noteMissing(JsonInput in, boolean[] seen) {
        for (int i = 0; i < components.length; i++) {
            if (!seen[i] && !components[i].mayBeAbsent()) {
                in.violationOf(components[i].name(), "missing", "must be there");
            }
        }
    }

    private @Nullable Object construct(JsonInput in, @Nullable Object[] values) {
        for (int i = 0; i < values.length; i++) {
            values[i] = components[i].argument(values[i]);
        }
        try {
            return (Object) constructor.invokeExact(values);
        } catch (IllegalArgumentException e) {
            String message = e.getMessage() == null ? "is not valid" : Text.shortened(e.getMessage(), LONGEST_MESSAGE);
            @Nullable String guilty = componentNamedIn(message);
            if (guilty == null) {
                in.violation("invalid", message);
            } else {
                in.violationOf(guilty, "invalid", message);
            }
            return null;
        } catch (RuntimeException | Error e) {
            throw e;
        } catch (Throwable e) {
            throw new IllegalStateException("A record's constructor threw a checked exception", e);
        }
    }

    /** The component that a constructor complains about: the first whose name is a word of the message, or the only one. */
    private @Nullable String componentNamedIn(String message) {
        @Nullable String first = components.length == 1 ? components[0].name() : null;
        int at = Integer.MAX_VALUE;
        for (Component component : components) {
            Matcher word = Pattern.compile("\\b" + Pattern.quote(component.name()) + "\\b", Pattern.CASE_INSENSITIVE)
                    .matcher(message);
            if (word.find() && word.start() < at) {
                at = word.start();
                first = component.name();
            }
        }
        return first;
    }

    @Override public void write(JsonOutput out, Object value) throws IOException {
        out.generator().writeStartObject();
        writeFields(out, value);
        out.generator().writeEndObject();
    }

    void writeFields(JsonOutput out, Object value) throws IOException {
        for (Component component : components) {
            @Nullable Object item = component.of(value, out);
            if (item != null) {
                out.field(component.field());
                component.codec().write(out, item);
                out.path().leave();
            }
        }
    }
}
