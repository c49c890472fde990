package io.ritsem.projections.engine;

import java.time.Duration;
import javax.sql.DataSource;

import io.ritsem.projections.store.ViewStore;
import io.ritsem.projections.store.ViewTable;
import io.ritsem.runtime.journal.JournalInfo;
import io.ritsem.runtime.journal.JournalReader;

/** The progress of a view that some other node moves, for the tests of other rooms. */
public final class TestProgress {

    private TestProgress() {}

    public static ViewProgress elsewhere(ViewTable<?> table, DataSource dataSource, JournalInfo journal) {
        TailPulse tail = new TailPulse() {

            @Override public void wake() {
                // There is none here.
            }

            @Override public Duration blindness() {
                return Duration.ZERO;
            }
        };
        return new ViewProgress(table, new ViewStore(dataSource, Duration.ofSeconds(10), 2),
                new JournalReader(dataSource, journal), tail);
    }
}
