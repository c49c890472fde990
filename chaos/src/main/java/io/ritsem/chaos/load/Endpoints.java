package io.ritsem.chaos.load;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

import org.jspecify.annotations.Nullable;

import io.ritsem.harness.Address;

/** The nodes that requests are sent to, as a platform knows them: those that say that they are ready. Thread-safe. */
public final class Endpoints {

    private final CopyOnWriteArrayList<Endpoint> nodes = new CopyOnWriteArrayList<>();

    /**
     * A node for as long as requests are sent to it without a break. Immutable.
     *
     * @param since tells it from the same node before or after, in the nanoseconds of {@link System#nanoTime}
     */
    record Endpoint(Address node, long since) {}

    /** From now on requests are sent to it. */
    public synchronized void add(Address node) {
        if (!has(node)) {
            nodes.add(new Endpoint(node, System.nanoTime()));
        }
    }

    /** From now on none is; those that are begun go on. */
    public synchronized void remove(Address node) {
        nodes.removeIf(endpoint -> endpoint.node().equals(node));
    }

    /** Whether requests are sent to it. */
    public boolean has(Address node) {
        return nodes.stream().anyMatch(endpoint -> endpoint.node().equals(node));
    }

    List<Endpoint> now() {
        return nodes;
    }

    /**
     * Any of them; null if there is none.
     *
     * @param draw what chance drew, from 0
     * @param but whom not to take if there is another
     */
    @Nullable Endpoint any(int draw, @Nullable Endpoint but) {
        List<Endpoint> all = List.copyOf(nodes);
        List<Endpoint> others = all.stream().filter(endpoint -> !endpoint.equals(but)).toList();
        List<Endpoint> from = others.isEmpty() ? all : others;
        return from.isEmpty() ? null : from.get(draw % from.size());
    }
}
