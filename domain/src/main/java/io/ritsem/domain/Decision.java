package io.ritsem.domain;

import java.util.List;
import java.util.Map;

import org.jspecify.annotations.Nullable;

/**
 * What an entity answers to a command: {@link Accepted} with the events to record (none is allowed), or
 * {@link Rejected} with a reason. Immutable.
 *
 * @param <E> the events
 */
public sealed interface Decision<E> {

    /** Accepts the command: these events are to be recorded, all or none, in this order. */
    @SafeVarargs @SuppressWarnings("varargs") // the array is only read
    static <E> Accepted<E> accept(E... events) {
        return new Accepted<>(List.of(events), null);
    }

    /** Accepts the command although there is nothing to record, as when it has no effect. */
    static <E> Accepted<E> nothing() {
        return new Accepted<>(List.of(), null);
    }

    /** Rejects the command. */
    static <E> Rejected<E> reject(String code) {
        return new Rejected<>(code, code.replace('-', ' '), Map.of());
    }

    /** Rejects the command, with a sentence for a person. */
    static <E> Rejected<E> reject(String code, String message) {
        return new Rejected<>(code, message, Map.of());
    }

    /** Rejects the command, with a sentence for a person and facts for a program. */
    static <E> Rejected<E> reject(String code, String message, Map<String, ?> details) {
        return new Rejected<>(code, message, details);
    }

    /**
     * @param events the events to record, in order
     * @param reply a value for the caller (a record, or any type that a record's component may have), or null
     */
    record Accepted<E>(List<E> events, @Nullable Object reply) implements Decision<E> {
        public Accepted {
            events = List.copyOf(events);
        }

        /** The same decision with a value for the caller, which is part of the answer. */
        public Accepted<E> reply(Object value) {
            return new Accepted<>(events, value);
        }
    }

    /**
     * @param code a stable kebab-case name of the reason, for programs
     * @param message a sentence for a person
     * @param details facts about it, by name: strings, numbers, booleans, or records
     */
    record Rejected<E>(String code, String message, Map<String, ?> details) implements Decision<E> {
        public Rejected {
            StableName.check("rejection code", code);
            details = Map.copyOf(details);
        }
    }
}
