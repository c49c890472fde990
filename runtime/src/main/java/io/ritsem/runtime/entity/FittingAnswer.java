package io.ritsem.runtime.entity;

import java.util.ArrayList;
import java.util.List;

import org.jspecify.annotations.Nullable;

import io.ritsem.runtime.gateway.CommandGateway;
import io.ritsem.runtime.gateway.CommandOutcome.Accepted;
import io.ritsem.runtime.gateway.CommandOutcome.Omitted;
import io.ritsem.runtime.gateway.CommandOutcome.StoredEvent;

import static java.nio.charset.StandardCharsets.US_ASCII;

/**
 * As much of an answer as passes between nodes. What was stored is told as stored, however large; the state goes first,
 * since it can be asked for, then the events' data, and the events themselves if there are that many. Stateless.
 */
final class FittingAnswer {

    /** An event on its way, beside its name and data; so much too many hurts nobody. */
    private static final int EVENT = 32;

    private static final byte[] OMITTED = "null".getBytes(US_ASCII);

    private FittingAnswer() {}

    static Accepted of(Accepted whole) {
        long bytes = bytes(whole);
        if (fits(bytes)) {
            return whole;
        }
        Accepted told = whole;
        if (whole.state() != null) {
            told = without("state", bytes, told, whole.events());
        }
        if (!fits(bytes(told))) {
            told = without("data", bytes, told, whole.events().stream().map(FittingAnswer::bare).toList());
        }
        return fits(bytes(told)) ? told : without("events", bytes, told, List.of());
    }

    private static StoredEvent bare(StoredEvent event) {
        return new StoredEvent(event.event(), event.sequence(), OMITTED);
    }

    private static Accepted without(String part, long bytes, Accepted answer, List<StoredEvent> events) {
        List<String> parts = new ArrayList<>();
        @Nullable Omitted before = answer.omitted();
        if (before != null) {
            parts.addAll(before.parts());
        }
        parts.add(part);
        return new Accepted(answer.version(), events, answer.reply(), null, answer.token(), answer.replayed(),
                new Omitted(List.copyOf(parts), bytes, CommandGateway.LARGEST_MESSAGE));
    }

    private static boolean fits(long bytes) {
        return bytes <= CommandGateway.LARGEST_MESSAGE;
    }

    private static long bytes(Accepted answer) {
        long bytes = length(answer.reply()) + length(answer.state());
        for (StoredEvent event : answer.events()) {
            bytes += EVENT + event.event().length() + event.data().length;
        }
        return bytes;
    }

    private static long length(byte @Nullable [] json) {
        return json == null ? 0 : json.length;
    }
}
