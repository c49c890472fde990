package io.ritsem.domain;

/**
 * An application: it names its entities and views. A node finds it with {@link java.util.ServiceLoader}, so a jar with
 * a {@code META-INF/services/io.ritsem.domain.Application} on the node's class path is all it takes.
 */
@FunctionalInterface
public interface Application {

    /** Names everything that the application consists of. Called once when a node starts. */
    void define(Definition app);
}
