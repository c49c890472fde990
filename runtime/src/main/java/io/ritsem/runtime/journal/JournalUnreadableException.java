package io.ritsem.runtime.journal;

import java.sql.SQLException;

/** The journal could not be read now; trying again may help. */
public final class JournalUnreadableException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    JournalUnreadableException(SQLException cause) {
        super("Cannot read the journal: " + cause.getMessage(), cause);
    }
}
