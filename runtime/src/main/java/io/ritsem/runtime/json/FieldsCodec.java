package io.ritsem.runtime.json;

import java.io.IOException;
import java.lang.invoke.MethodHandle;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import org.jspecify.annotations.Nullable;

/** A record. */
final class FieldsCodec implements Codec {

    private static final int LONGEST_NAME_IN_POINTER = 256;

    private final Component[] components;
    private final Map<String, Integer> indexes = new HashMap<>();
    private final MethodHandle constructor;
    private final Shape.Fields shape;

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

    @Override public Shape.Fields shape() {
        return shape;
    }

    @Override public @Nullable Object read(JsonInput in) throws IOException {
        if (in.parser().currentToken() != JsonToken.START_OBJECT) {
            in.wrongType("an object");
            return null;
        }
        return readFields(in, false, false);
    }

    /**
     * Reads the fields of an object that has been entered.
     *
     * @param tagged whether a field {@code type} may be there that tells the variant
     * @param tagRead whether that one has been read; if not, and it is tagged, the current token is the first name
     */
    @Nullable Object readFields(JsonInput in, boolean tagged, boolean tagRead) throws IOException {
        int before = in.problems();
        JsonParser parser = in.parser();
        @Nullable Object[] values = new Object[components.length];
        boolean[] seen = new boolean[components.length];
        boolean tagSeen = tagRead;
        boolean atName = tagged && !tagRead;
        int next = 0;
        while (true) {
            int index;
            if (!atName && next < components.length && parser.nextFieldName(components[next].field())) {
                index = next;
            } else {
                if (!atName && next >= components.length) {
                    parser.nextToken();
                }
                atName = false;
                if (parser.currentToken() == JsonToken.END_OBJECT) {
                    break;
                }
                String name = parser.currentName();
                if (tagged && name.equals(OneOfCodec.TAG)) {
                    readTagAgain(in, tagSeen);
                    tagSeen = true;
                    continue;
                }
                index = indexes.getOrDefault(name, -1);
                if (index < 0) {
                    readUnknown(in, name);
                    continue;
                }
            }
            values[index] = readComponent(in, components[index], seen[index]);
            seen[index] = true;
            next = index + 1;
        }
        noteMissing(in, seen);
        return in.problems() > before ? null : construct(in, values);
    }

    private static void readTagAgain(JsonInput in, boolean seen) throws IOException {
        if (seen) {
            in.violationOf(OneOfCodec.TAG, "invalid", "must be there only once");
        }
        in.parser().nextToken();
        in.parser().skipChildren();
    }

    private @Nullable Object readComponent(JsonInput in, Component component, boolean seen) throws IOException {
        in.path().enter(component.name());
        if (seen) {
            in.violation("invalid", "must be there only once");
        }
        JsonToken token = in.parser().nextToken();
        @Nullable Object value;
        if (!component.mayBeAbsent()) {
            value = component.codec().read(in);
        } else if (token == JsonToken.VALUE_NULL) {
            value = null;
        } else if (!in.strict() && component.codec() instanceof ChoiceCodec choice) {
            value = choice.readIfKnown(in);
        } else {
            value = component.codec().read(in);
        }
        in.path().leave();
        return value;
    }

    private void readUnknown(JsonInput in, String name) throws IOException {
        if (in.strict()) {
            int bad = Text.firstUnwritable(name);
            if (bad >= 0) {
                in.violationOf(name, "invalid", "the name " + Text.complaint(name, bad));
            } else if (name.length() > LONGEST_NAME_IN_POINTER) {
                in.violation("unknown", "has the unknown field " + Text.quoted(name));
            } else {
                in.violationOf(name, "unknown", "is not a field; the fields are " + shape.fields().keySet());
            }
        }
        in.parser().nextToken();
        in.parser().skipChildren();
    }

    private void noteMissing(JsonInput in, boolean[] seen) {
        for (int i = 0; i < seen.length; i++) {
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
            String message = e.getMessage() == null ? "is not valid" : e.getMessage();
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
