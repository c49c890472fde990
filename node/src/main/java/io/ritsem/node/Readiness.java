package io.ritsem.node;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

import akka.actor.ActorSystem;
import akka.actor.setup.Setup;

/**
 * Answers {@code /ready} on the management port, as Akka Management asks for it: by the class's name, with the actor
 * system. Immutable, thread-safe.
 */
public final class Readiness implements Supplier<CompletionStage<Boolean>> {

    private final BooleanSupplier ready;

    /** Carries the node's own answer to where Akka Management finds it. */
    static final class Answer extends Setup {

        private final BooleanSupplier ready;

        Answer(BooleanSupplier ready) {
            this.ready = ready;
        }
    }

    /** Called by Akka Management. */
    public Readiness(ActorSystem system) {
        this.ready = system.settings().setup().get(Answer.class).orElseThrow().ready;
    }

    @Override public CompletionStage<Boolean> get() {
        return CompletableFuture.completedFuture(ready.getAsBoolean());
    }
}
