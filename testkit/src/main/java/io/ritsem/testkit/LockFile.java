package io.ritsem.testkit;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import org.jspecify.annotations.Nullable;

import io.ritsem.runtime.json.Shape;

/** The file of a {@link SchemaLock}: a line per event, sorted, so that a change is a line in review. Stateless. */
final class LockFile {

    private static final JsonMapper JSON = JsonMapper.builder()
            .enable(DeserializationFeature.FAIL_ON_READING_DUP_TREE_KEY, DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .build();

    private LockFile() {}

    /**
     * What it lists, or null if there is no file.
     *
     * @throws AssertionError if it is damaged
     */
    static @Nullable Map<String, Shape> read(Path file) {
        if (!Files.exists(file)) {
            return null;
        }
        try {
            JsonNode root = JSON.readTree(Files.readString(file));
            if (!root.isObject()) {
                throw new IllegalArgumentException("it must be an object");
            }
            Map<String, Shape> events = new TreeMap<>();
            root.properties().forEach(event -> {
                String name = StoredName.parse(event.getKey()).toString();
                events.put(name, ShapeJson.read(name, event.getValue()));
            });
            return events;
        } catch (JsonProcessingException damaged) {
            throw damaged(file, damaged.getOriginalMessage(), damaged);
        } catch (IllegalArgumentException damaged) {
            throw damaged(file, String.valueOf(damaged.getMessage()), damaged);
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    private static AssertionError damaged(Path file, String why, Exception cause) {
        return new AssertionError(
                "%s is damaged, restore it from your version control: %s".formatted(file.toAbsolutePath(), why), cause);
    }

    static void write(Path file, Map<String, Shape> events) {
        String lines = new TreeMap<>(events).entrySet()
                .stream()
                .map(event -> "  \"%s\": %s".formatted(event.getKey(), ShapeJson.of(event.getValue())))
                .collect(Collectors.joining(",\n", "{\n", "\n}\n"));
        try {
            Files.createDirectories(file.toAbsolutePath().getParent());
            Files.writeString(file, lines);
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }
}
