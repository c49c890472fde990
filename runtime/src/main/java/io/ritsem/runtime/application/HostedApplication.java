package io.ritsem.runtime.application;

import akka.actor.ActorSystem;
import akka.actor.setup.Setup;

/** Hands the application to those parts of an actor system that Akka creates itself. Immutable. */
public final class HostedApplication extends Setup {

    private final ApplicationModel application;

    public HostedApplication(ApplicationModel application) {
        this.application = application;
    }

    /**
     * The application that a system hosts.
     *
     * @throws IllegalStateException if the system was made without this setup
     */
    public static ApplicationModel of(ActorSystem system) {
        return system.settings()
                .setup()
                .get(HostedApplication.class)
                .orElseThrow(() -> new IllegalStateException(
                        "The actor system was made without HostedApplication")).application;
    }
}
