package io.ritsem.testkit;

import java.io.PrintStream;
import java.nio.file.Path;

import io.ritsem.runtime.application.ApplicationModel;

/** What the start script runs before a node in development, whose developer may not have run the tests yet. Stateless. */
final class LockWarning {

    private static final PrintStream ERR = System.err;

    private LockWarning() {}

    /** Prints what {@link SchemaLock} says of the applications on the class path and this file, if that does not hold. */
    public static void main(String[] file) {
        try {
            ERR.print(of(ApplicationModel.load(), Path.of(file[0])));
        } catch (IllegalArgumentException | IllegalStateException unservable) {
            // the node is about to say so
        }
    }

    /** Empty if all holds. */
    static String of(ApplicationModel application, Path file) {
        try {
            SchemaLock.verify(application, file, false);
            return "";
        } catch (AssertionError broken) {
            return """
                   ritsem: warning: %s

                   The application's own test of this fails, too; docs/evolving-events.md tells more.

                   """.formatted(broken.getMessage());
        }
    }
}
