package io.ritsem.runtime.journal;

import java.sql.SQLException;

import com.zaxxer.hikari.SQLExceptionOverride;

/** After a fail-over of the database, or when its standby was away, a pool is left with connections that only read. Stateless. */
final class LeaveReadOnlyServers implements SQLExceptionOverride {

    private static final String READ_ONLY_TRANSACTION = "25006";

    @java.lang.Override public SQLExceptionOverride.Override adjudicate(SQLException failure) {
        return READ_ONLY_TRANSACTION.equals(failure.getSQLState())
                ? SQLExceptionOverride.Override.MUST_EVICT
                : SQLExceptionOverride.Override.CONTINUE_EVICT;
    }
}
