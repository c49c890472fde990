package io.ritsem.chaos.scenario;

import java.io.IOException;
import java.sql.SQLException;
import java.util.List;

/** A fault, and what must hold although it happens. */
public interface Scenario {

    /** As a command line names it. */
    String name();

    /** With which of the seeds that are asked for it runs, at least one. */
    default List<Long> seeds(List<Long> asked) {
        return asked;
    }

    /** One run of it, on a node and a database of its own. */
    Verdict run(Run run) throws IOException, SQLException;
}
