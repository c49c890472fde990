package io.ritsem.runtime.application;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;

import org.jspecify.annotations.Nullable;

import io.ritsem.domain.StableName;
import io.ritsem.runtime.json.JsonType;

/** The records of a sealed interface by their stable names. Immutable, thread-safe. */
final class Variants<T> {

    private final Class<T> root;
    private final Map<String, JsonType<? extends T>> byName = new LinkedHashMap<>();
    private final Map<Class<?>, Variant<? extends T>> byClass = new LinkedHashMap<>();
    private final Set<Class<?>> classes = new LinkedHashSet<>();

    private record Variant<V>(String name, JsonType<V> type) {}

    private Variants(Class<T> root) {
        this.root = root;
    }

    static <T> Variants<T> of(Class<T> root) {
        Variants<T> variants = new Variants<>(root);
        variants.add(root);
        return variants;
    }

    private void add(Class<? extends T> type) {
        if (byClass.containsKey(type)) {
            return; // reached through two of the interfaces that it implements
        }
        if (type.isRecord()) {
            String name = StableName.of(type);
            JsonType<? extends T> json = JsonType.of(type);
            if (byName.putIfAbsent(name, json) != null) {
                throw new IllegalArgumentException(("%s: two records are called '%s'; fix one with @Name, or, if it is "
                        + "an old version of an event, take it out of %s and upcast it")
                        .formatted(type.getName(), name, root.getName()));
            }
            byClass.put(type, new Variant<>(name, json));
            classes.addAll(json.classes());
        } else if (type.isInterface() && type.isSealed()) {
            classes.add(type);
            for (Class<?> variant : type.getPermittedSubclasses()) {
                @SuppressWarnings("unchecked") Class<? extends T> permitted = (Class<? extends T>) variant;
                add(permitted);
            }
        } else {
            throw new IllegalArgumentException(type.getName() + " must be a record or a sealed interface of records");
        }
    }

    Map<String, JsonType<? extends T>> byName() {
        return Collections.unmodifiableMap(byName);
    }

    String nameOf(T value) {
        return variantOf(value).name();
    }

    byte[] encode(T value) {
        @SuppressWarnings("unchecked") JsonType<T> type = (JsonType<T>) variantOf(value).type();
        return type.encode(value);
    }

    private Variant<? extends T> variantOf(T value) {
        @Nullable Variant<? extends T> variant = byClass.get(value.getClass());
        if (variant == null) {
            throw new IllegalArgumentException(
                    "%s is none of %s".formatted(value.getClass().getName(), byName.keySet()));
        }
        return variant;
    }

    /** The application's own types that they consist of. */
    Set<Class<?>> classes() {
        return Collections.unmodifiableSet(classes);
    }

    /** The codecs by record. */
    Map<Class<?>, JsonType<? extends T>> types() {
        Map<Class<?>, JsonType<? extends T>> types = new LinkedHashMap<>();
        byClass.forEach((type, variant) -> types.put(type, variant.type()));
        return types;
    }
}
