package io.ritsem.harness;

/** Where somebody listens. Immutable. */
public record Address(String host, int port) {

    /** On this machine alone. */
    public static Address loopback(int port) {
        return new Address("127.0.0.1", port);
    }

    @Override public String toString() {
        return host + ":" + port;
    }
}
