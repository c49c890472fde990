package io.ritsem.domain;

/**
 * An entity type by its name, with the classes that its type arguments stand for.
 *
 * @param type the name, kebab-case
 * @param command the class of {@code C}, a sealed interface of records (or one record)
 * @param event the class of {@code E}, a sealed interface of records (or one record)
 * @param state the class of {@code S}, a record
 */
public record EntityDefinition<C, E, S>(String type, Class<C> command, Class<E> event, Class<S> state,
        Entity<C, E, S> entity) {}
