package io.ritsem.domain;

/**
 * One kind of event-sourced aggregate: it decides on commands and evolves by events. Both functions are pure: the same
 * input gives the same output, for ever, on any machine; time, identity and caller come in with the {@link Context}.
 *
 * <p>
 * Implement it with concrete type arguments ({@code implements Entity<Command, Event, State>}): {@code C} and {@code E}
 * are sealed interfaces of records, {@code S} is a record. The runtime reads them from the class.
 *
 * @param <C> the commands, a sealed interface of records
 * @param <E> the events, a sealed interface of records
 * @param <S> the state, a record
 */
public interface Entity<C, E, S> {

    /** The state before the first event. */
    S initial();

    /**
     * What the entity answers to a command in its present state. Must not change anything; what it decides becomes true
     * only by {@link #evolve}. Rules belong here; the shape of a command (a positive amount) belongs in its record's
     * compact constructor as an {@link IllegalArgumentException}.
     */
    Decision<? extends E> decide(S state, C command, Context context);

    /** The state after an event. Must accept every event that {@link #decide} ever accepted: it is past. */
    S evolve(S state, E event);
}
