package io.ritsem.runtime.application;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.ServiceConfigurationError;
import java.util.ServiceLoader;
import java.util.Set;
import java.util.function.Supplier;

import org.jspecify.annotations.Nullable;

import io.ritsem.domain.Application;
import io.ritsem.domain.Definition;
import io.ritsem.domain.EntityDefinition;
import io.ritsem.domain.Version;
import io.ritsem.domain.ViewDefinition;
import io.ritsem.runtime.json.JsonType;

import static java.util.stream.Collectors.toSet;

/** All that a node hosts: the entity types and views of its applications. Immutable, thread-safe. */
public final class ApplicationModel {

    private static final String SERVICES = "META-INF/services/" + Application.class.getName();

    private final Map<String, EntityModel<?, ?, ?>> entities = new LinkedHashMap<>();
    private final Set<String> retired;
    private final List<ViewDefinition<?>> views;

    private ApplicationModel(Definition definition) {
        for (EntityDefinition<?, ?, ?> entity : definition.entities()) {
            entities.put(entity.type(), compile("entity type", entity.type(), () -> new EntityModel<>(entity)));
        }
        retired = definition.retired();
        views = definition.views();
        Set<Class<?>> versioned = entities.values()
                .stream()
                .flatMap(entity -> entity.eventRecords().stream())
                .collect(toSet());
        entities.forEach((type, entity) -> compile("entity type", type,
                () -> requireVersionsIn(versioned, entity.classes())));
        for (ViewDefinition<?> view : views) {
            compile("view", view.name(), () -> requireVersionsIn(versioned, JsonType.of(view.row()).classes()));
        }
    }

    /** Anywhere else a version would be read by nobody, and whoever raised it would believe that it does something. */
    private static Set<Class<?>> requireVersionsIn(Set<Class<?>> versioned, Set<Class<?>> classes) {
        for (Class<?> type : classes) {
            if (type.isAnnotationPresent(Version.class) && !versioned.contains(type)) {
                throw new IllegalArgumentException(
                        ("%s has a @Version, but it is no event's record, and only those are "
                                + "stored with a version: take it off").formatted(type.getName()));
            }
        }
        return classes;
    }

    private static <T> T compile(String kind, String name, Supplier<T> compilation) {
        try {
            return compilation.get();
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("The %s '%s' cannot be served: %s".formatted(kind, name, e.getMessage()),
                    e);
        }
    }

    /**
     * Compiles applications.
     *
     * @throws IllegalArgumentException if one cannot be served; it says what and where
     */
    public static ApplicationModel of(Application... applications) {
        Definition definition = new Definition();
        for (Application application : applications) {
            application.define(definition);
        }
        return new ApplicationModel(definition);
    }

    /**
     * Finds and compiles the applications on the class path.
     *
     * @throws IllegalStateException if there is none, or one that is named is missing; it says which
     */
    public static ApplicationModel load() {
        Application[] found = find();
        if (found.length == 0) {
            throw new IllegalStateException(("There is no application: no jar on the class path has a file %s that "
                    + "names its class. In a project the file belongs into src/main/resources").formatted(SERVICES));
        }
        return of(found);
    }

    private static Application[] find() {
        try {
            return ServiceLoader.load(Application.class)
                    .stream()
                    .map(ServiceLoader.Provider::get)
                    .toArray(Application[]::new);
        } catch (ServiceConfigurationError wrong) {
            String why = String.valueOf(wrong.getMessage()).replace(Application.class.getName() + ": ", "");
            throw new IllegalStateException(
                    "The file %s names a class that is missing or cannot be made: %s".formatted(SERVICES,
                            wrong.getCause() == null ? why : why + " (" + wrong.getCause() + ")"),
                    wrong);
        }
    }

    /** The entity types by name. */
    public Map<String, EntityModel<?, ?, ?>> entities() {
        return Collections.unmodifiableMap(entities);
    }

    /** The entity type of a name, or null. */
    public @Nullable EntityModel<?, ?, ?> entity(String type) {
        return entities.get(type);
    }

    /** The entity types that are no more. */
    public Set<String> retired() {
        return retired;
    }

    /** The views. */
    public List<ViewDefinition<?>> views() {
        return views;
    }
}
