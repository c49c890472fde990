package io.ritsem.chaos;

import java.io.IOException;
import java.sql.SQLException;

/** A fault, and what must hold although it happens. */
interface Scenario {

    /** As a command line names it. */
    String name();

    /** One run of it, on a node and a database of its own. */
    Verdict run(Run run) throws IOException, SQLException;
}
