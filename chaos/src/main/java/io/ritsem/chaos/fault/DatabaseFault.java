package io.ritsem.chaos.fault;

import java.sql.SQLException;
import java.util.SplittableRandom;

import io.ritsem.postgres.EmbeddedDatabase;

/** Takes the database away for a while. */
public interface DatabaseFault {

    /** Inflicts and mends it; returns the {@link System#nanoTime} at which the database was back for good. */
    long inflict(EmbeddedDatabase server, SplittableRandom random) throws SQLException;
}
