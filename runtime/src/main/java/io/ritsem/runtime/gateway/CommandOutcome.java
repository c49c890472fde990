package io.ritsem.runtime.gateway;

import java.util.List;

import org.jspecify.annotations.Nullable;

import io.ritsem.runtime.journal.ConsistencyToken;
import io.ritsem.runtime.json.Violation;

/** What became of a command. Three kinds: decided, unavailable (retry), and a bug. */
public sealed interface CommandOutcome {

    /**
     * Accepted, and what there was to store is stored.
     *
     * @param version the entity's version after it
     * @param events what was stored (or would be, on a dry run), in order
     * @param reply the reply's JSON, or null
     * @param state the state's JSON after it, or null if it was not asked for
     * @param token the place in the journal of what it stored, or if there was nothing to store, of the entity's latest
     *     event; null if it has none, and on a dry run
     * @param replayed whether this is the answer that the same key got before
     * @param omitted what is not told, since all together would be too large, or null
     */
    record Accepted(long version, List<StoredEvent> events, byte @Nullable [] reply, byte @Nullable [] state,
            @Nullable ConsistencyToken token, boolean replayed, @Nullable Omitted omitted) implements CommandOutcome {

        /** With all that there is to tell. */
        public Accepted(long version, List<StoredEvent> events, byte @Nullable [] reply, byte @Nullable [] state,
                @Nullable ConsistencyToken token, boolean replayed) {
            this(version, events, reply, state, token, replayed, null);
        }
    }

    /**
     * @param event the event's name
     * @param sequence its place among the entity's events
     * @param data its JSON; {@code null} in JSON if it is omitted
     */
    record StoredEvent(String event, long sequence, byte[] data) {}

    /**
     * What an answer leaves out: its command has done all that it was to do.
     *
     * @param parts of {@code state}, {@code data} (of the events) and {@code events}
     * @param bytes how large the whole answer would be
     * @param limit how large it may be
     */
    record Omitted(List<String> parts, long bytes, int limit) {}

    /** Rejected by the domain; nothing stored. {@code details} is a JSON object. */
    record Rejected(String code, String message, byte[] details) implements CommandOutcome {}

    /** The body is not the command's; every error is listed. */
    record Invalid(List<Violation> violations) implements CommandOutcome {}

    /** No entity type or no command of this name; {@code known} are the ones there are. */
    record UnknownCommand(String name, List<String> known) implements CommandOutcome {}

    /** A precondition did not hold: the version is another. */
    record VersionMismatch(long current) implements CommandOutcome {}

    /** The key was spent by another command or body. */
    record KeyReused() implements CommandOutcome {}

    /** A command with the same key was still running at this one's deadline. */
    record KeyInFlight() implements CommandOutcome {}

    /** An event of it is over 1 MiB. */
    record TooLarge(String event, int bytes, int limit) implements CommandOutcome {}

    /**
     * Not decided, nothing stored: try again.
     *
     * @param reason kebab-case: {@code overloaded}, {@code journal-away}, {@code unknown-type}, {@code stopping}, {@code moving},
     *     {@code deadline-passed}, {@code no-majority}, {@code older-nodes-at-work}
     */
    record Unavailable(String reason) implements CommandOutcome {}

    /** Nobody can say in time whether it was stored: send it again with the same key. */
    record OutcomeUnknown() implements CommandOutcome {}

    /** A bug in the application or in Ritsem, logged once under this id; nothing stored. */
    record Failed(String traceId) implements CommandOutcome {}
}
