package io.ritsem.chaos.ground;

import java.util.List;
import java.util.Optional;

/** Where things stand: nodes are numbered from 1, and so are databases. Implementations are thread-safe. */
public sealed interface Ground permits Networks, Loopback {

    /** How many nodes there is room for. */
    int NODES = 6;

    /** The variable by which {@code chaos/run} says that this process has namespaces of its own. */
    String ENTERED = "RITSEM_CHAOS_GROUND";

    /** What this machine lets us have. */
    static Ground here() {
        return Here.GROUND;
    }

    /** The ways between all of them, that can be cut; empty if nothing can. */
    Optional<Networks> networks();

    /** By which others reach a node. */
    String host(int node);

    /** The words before a command line that start it where a node stands. */
    List<String> entry(int node);

    /** The port on which a node would listen, where it has that to itself; some free one where not. */
    int port(int usual);

    /** Made at the first call. */
    final class Here {

        private static final Ground GROUND = System.getenv(ENTERED) == null ? new Loopback() : Networks.make();

        private Here() {}
    }
}
