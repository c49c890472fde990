package io.ritsem.postgres;

import java.util.List;

/**
 * Where a server listens. Immutable.
 *
 * @param address by which others reach it
 * @param entry the words before a command that has to run there, such as {@code ip netns exec database}; none for the
 *     network of this process
 */
public record Place(String address, int port, List<String> entry) {

    public Place {
        entry = List.copyOf(entry);
    }

    static Place loopback(int port) {
        return new Place("127.0.0.1", port, List.of());
    }
}
