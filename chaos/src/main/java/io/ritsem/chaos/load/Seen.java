package io.ritsem.chaos.load;

import java.math.BigDecimal;

import org.jspecify.annotations.Nullable;

import io.ritsem.harness.Address;

/**
 * What a session was told of an account. Immutable.
 *
 * @param session its number
 * @param version 0 if there was none
 * @param balance with this version; null if it was not told
 * @param sentAt when it asked, in the nanoseconds of {@link System#nanoTime}
 * @param toldAt when it was answered
 */
public record Seen(int session, Source source, String account, long version, @Nullable BigDecimal balance, long sentAt,
        long toldAt, Address node) {

    /** Who told it. */
    public enum Source {
        /** The answer to a command of its own. */
        WRITE,
        /** The entity itself. */
        ENTITY,
        /** The row of a view, asked for with all tokens that the session had for the account. */
        ROW
    }
}
