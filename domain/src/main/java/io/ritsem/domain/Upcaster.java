package io.ritsem.domain;

import java.util.List;
import java.util.function.Function;

/**
 * How stored events of another version are read.
 *
 * @param old the record that they are read as
 * @param upcast from it to the current events that it stands for: one, several, or none
 * @param <O> the other version
 * @param <E> the current events of the entity type
 */
public record Upcaster<O extends Record, E>(Class<O> old, Function<O, List<? extends E>> upcast) {}
