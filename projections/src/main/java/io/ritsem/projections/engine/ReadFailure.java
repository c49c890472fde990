package io.ritsem.projections.engine;

import java.sql.SQLException;
import java.sql.SQLTransientException;
import java.util.Objects;
import java.util.regex.Pattern;

import io.ritsem.runtime.gateway.UnavailableException;
import io.ritsem.runtime.journal.JournalUnreadableException;

/** What it means to who asked that views, dead letters or the audit could not be read or changed. Stateless. */
public final class ReadFailure {

    private static final String QUERY_CANCELED = "57014";
    private static final String LOCK_NOT_AVAILABLE = "55P03";
    private static final String UNDEFINED_TABLE = "42P01";
    private static final Pattern ROWS = Pattern.compile("ritsem\\.view_\\w+_\\d+"); // of a generation

    private ReadFailure() {}

    /**
     * Unavailable, if another attempt may well succeed ({@code query-too-slow}, {@code view-busy}, {@code journal-away});
     * else a bug.
     * (https://www.postgresql.org/docs/current/errcodes-appendix.html)
     */
    public static RuntimeException of(Exception failed) {
        if (failed instanceof JournalUnreadableException) {
            return because("journal-away", failed);
        }
        String state = failed instanceof SQLException sql ? Objects.requireNonNullElse(sql.getSQLState(), "") : "";
        if (state.equals(QUERY_CANCELED)) {
            return because("query-too-slow", failed);
        }
        if (state.equals(LOCK_NOT_AVAILABLE) || (state.equals(UNDEFINED_TABLE) && isOfRows(failed))) {
            return because("view-busy", failed);
        }
        // Without a state it never reached the server: the pool is closed, say. And 40: transactions in each other's way.
        boolean away = failed instanceof SQLTransientException || state.isEmpty() || state.startsWith("08")
                || state.startsWith("57P") || state.startsWith("53") || state.startsWith("40");
        return away ? because("journal-away", failed)
                : new IllegalStateException("The views' tables could not be read or changed", failed);
    }

    /** Then the generation has been dropped a moment ago, and this node is about to learn which one answers now. */
    private static boolean isOfRows(Exception failed) {
        return ROWS.matcher(Objects.requireNonNullElse(failed.getMessage(), "")).find();
    }

    private static UnavailableException because(String reason, Exception cause) {
        UnavailableException unavailable = new UnavailableException(reason);
        unavailable.initCause(cause);
        return unavailable;
    }
}
