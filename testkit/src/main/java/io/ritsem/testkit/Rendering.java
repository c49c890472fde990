package io.ritsem.testkit;

import java.lang.reflect.RecordComponent;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

import org.jspecify.annotations.Nullable;

import io.ritsem.domain.Decision.Rejected;

/** Values as lines for a person: a list is a line per element, a record and a map a line per component. Stateless. */
final class Rendering {

    private Rendering() {}

    static List<String> of(@Nullable Object value) {
        return switch (value) {
            case null -> List.of("nothing");
            case List<?> list when list.isEmpty() -> List.of("nothing");
            case List<?> list -> list.stream().map(String::valueOf).toList();
            case Map<?, ?> map when map.isEmpty() -> List.of("nothing");
            case Map<?, ?> map -> entries(map);
            case Rejected<?> rejected -> List.of("a rejection: " + rejected.code(), "    " + rejected.message());
            case Record row -> components(row);
            default -> List.of(value.toString());
        };
    }

    private static List<String> entries(Map<?, ?> map) {
        Map<String, Object> sorted = new TreeMap<>();
        map.forEach((name, value) -> sorted.put(String.valueOf(name), value));
        return sorted.entrySet().stream().map(entry -> entry.getKey() + " = " + entry.getValue()).toList();
    }

    private static List<String> components(Record row) {
        List<String> lines = new ArrayList<>();
        lines.add(row.getClass().getSimpleName());
        for (RecordComponent component : row.getClass().getRecordComponents()) {
            lines.add("    " + component.getName() + " = " + read(component, row));
        }
        return lines;
    }

    private static @Nullable Object read(RecordComponent component, Record row) {
        try {
            component.getAccessor().setAccessible(true);
            return component.getAccessor().invoke(row);
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException("Cannot read %s of %s".formatted(component.getName(), row), e);
        }
    }
}
