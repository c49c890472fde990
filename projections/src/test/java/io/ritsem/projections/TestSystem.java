package io.ritsem.projections;

import java.time.Duration;

import akka.actor.BootstrapSetup;
import akka.actor.setup.ActorSystemSetup;
import akka.actor.typed.ActorSystem;
import akka.actor.typed.javadsl.Behaviors;
import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;

import io.ritsem.domain.Application;
import io.ritsem.runtime.application.ApplicationModel;
import io.ritsem.runtime.application.HostedApplication;

import static org.awaitility.Awaitility.await;

/** Actor systems of a node that is not in a cluster. */
public final class TestSystem {

    private static final Config CONFIG = ConfigFactory
            .parseString("""
                         akka {
                           loglevel = WARNING
                           stdout-loglevel = OFF
                           loggers = ["akka.event.slf4j.Slf4jLogger"]
                           coordinated-shutdown { exit-jvm = off, run-by-jvm-shutdown-hook = off }
                         }
                         """)
            .withFallback(ConfigFactory.load());

    private TestSystem() {}

    public static ActorSystem<Void> start(Application application) {
        return ActorSystem.create(Behaviors.empty(), "ritsem", ActorSystemSetup
                .create(BootstrapSetup.create(CONFIG), new HostedApplication(ApplicationModel.of(application))));
    }

    public static void stop(ActorSystem<Void> system) {
        system.terminate();
        await().atMost(Duration.ofSeconds(20)).until(() -> system.whenTerminated().isCompleted());
    }
}
