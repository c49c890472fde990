package io.ritsem.chaos.ground;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.ServerSocket;
import java.util.List;
import java.util.Optional;

/** All on this machine's loopback, each node at an address of its own: nothing can be cut. Stateless. */
public record Loopback() implements Ground {

    @Override public Optional<Networks> networks() {
        return Optional.empty();
    }

    @Override public String host(int node) {
        return "127.0.0." + node;
    }

    @Override public List<String> entry(int node) {
        return List.of();
    }

    @Override public int port(int usual) {
        try (ServerSocket probe = new ServerSocket(0)) {
            return probe.getLocalPort();
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }
}
