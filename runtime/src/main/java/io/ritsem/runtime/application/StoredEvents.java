package io.ritsem.runtime.application;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;

import org.jspecify.annotations.Nullable;

import io.ritsem.domain.StableName;
import io.ritsem.domain.Upcaster;
import io.ritsem.runtime.json.InvalidJsonException;
import io.ritsem.runtime.json.JsonType;

/** Reads the stored events of an entity type: each name and version by its own record. Immutable, thread-safe. */
final class StoredEvents<E> {

    private final String entityType;
    private final Map<String, Map<Integer, Reader<?, E>>> readers = new LinkedHashMap<>();
    private final List<ReadableEvent> readable = new ArrayList<>();
    private final Set<Class<?>> records = new LinkedHashSet<>();
    private final Set<Class<?>> classes = new LinkedHashSet<>();

    private record Reader<O, E>(JsonType<O> type, Function<O, List<? extends E>> upcast) {
        List<? extends E> read(byte[] json) {
            return upcast.apply(type.decodeStored(json));
        }
    }

    /**
     * @throws IllegalArgumentException if one name and version would be read in two ways, or an old version is no record
     */
    StoredEvents(String entityType, Variants<E> current, List<Upcaster<?, E>> upcasters) {
        this.entityType = entityType;
        current.types().forEach((type, json) -> addCurrent(type, json));
        classes.addAll(current.classes());
        upcasters.forEach(this::addOld);
    }

    private <T extends E> void addCurrent(Class<?> type, JsonType<T> json) {
        String name = StableName.of(type);
        int version = StableName.versionOf(type);
        readers.put(name, new LinkedHashMap<>(Map.of(version, new Reader<T, E>(json, List::of))));
        readable.add(new ReadableEvent(name, version, json.shape(), true));
        records.add(type);
    }

    private <O extends Record> void addOld(Upcaster<O, E> upcaster) {
        Class<O> old = upcaster.old();
        if (!old.isRecord()) {
            throw new IllegalArgumentException("%s must be a record to be upcast".formatted(old.getName()));
        }
        ReadableEvent event = new ReadableEvent(StableName.of(old), StableName.versionOf(old),
                JsonType.of(old).shape(), false);
        for (ReadableEvent other : readable) {
            if (other.toString().equals(event.toString())) {
                throw new IllegalArgumentException((other.current()
                        ? "%s cannot be upcast: %s is current; its @Name and @Version must be those of another version"
                        : "%s is a second upcaster of %s: there can only be one").formatted(old.getName(), event));
            }
        }
        readers.computeIfAbsent(event.event(), _ -> new LinkedHashMap<>())
                .put(event.version(), new Reader<>(JsonType.of(old), upcaster.upcast()));
        readable.add(event);
        records.add(old);
        classes.addAll(JsonType.of(old).classes());
    }

    List<ReadableEvent> readable() {
        return List.copyOf(readable);
    }

    /** The records that a stored event is read as: each has a version. */
    Set<Class<?>> records() {
        return Collections.unmodifiableSet(records);
    }

    /** The application's own types that these consist of. */
    Set<Class<?>> classes() {
        return Collections.unmodifiableSet(classes);
    }

    boolean reads(String event, int version) {
        return reader(event, version) != null;
    }

    List<E> read(String event, int version, byte[] json) {
        @Nullable Reader<?, E> reader = reader(event, version);
        if (reader == null) {
            throw new UnreadableEventException("Nothing reads %s.%s/%d; this release reads %s"
                    .formatted(entityType, event, version, readable));
        }
        try {
            return List.copyOf(reader.read(json));
        } catch (InvalidJsonException unlike) {
            throw new UnreadableEventException("A stored %s.%s/%d is not what its record reads: %s"
                    .formatted(entityType, event, version, unlike.getMessage()), unlike);
        }
    }

    private @Nullable Reader<?, E> reader(String event, int version) {
        @Nullable Map<Integer, Reader<?, E>> versions = readers.get(event);
        return versions == null ? null : versions.get(version);
    }
}
