package io.ritsem.runtime.journal;

import akka.actor.ActorSystem;
import akka.actor.typed.ActorRef;
import akka.actor.typed.Behavior;
import akka.actor.typed.Extension;
import akka.actor.typed.ExtensionId;
import akka.actor.typed.Props;
import akka.actor.typed.javadsl.Adapter;
import akka.actor.typed.javadsl.Behaviors;
import akka.actor.typed.pubsub.Topic;

/**
 * Tells the tails of all nodes that there is something new, so that they need not poll. Only a hint: it may come before
 * the horizon has passed the events, twice, or never. Thread-safe.
 */
public final class JournalNudge implements Extension {

    private static final ExtensionId<JournalNudge> ID = new ExtensionId<>() {
        @Override
        public JournalNudge createExtension(akka.actor.typed.ActorSystem<?> system) {
            return new JournalNudge(system);
        }
    };

    private final akka.actor.typed.ActorSystem<?> system;
    private final ActorRef<Topic.Command<String>> topic;

    private JournalNudge(akka.actor.typed.ActorSystem<?> system) {
        this.system = system;
        this.topic = system.systemActorOf(Topic.create(String.class, "journal-nudge"), "journal-nudge",
                Props.empty());
    }

    /** The system's. */
    public static JournalNudge of(akka.actor.typed.ActorSystem<?> system) {
        return system.registerExtension(ID);
    }

    static JournalNudge of(ActorSystem system) {
        return of(Adapter.toTyped(system));
    }

    /** There are new events. */
    void publish() {
        topic.tell(Topic.publish(""));
    }

    /** Calls this after commits on any node, on an actor's thread: it must not block. */
    public void subscribe(Runnable onNudge) {
        Behavior<String> listener = Behaviors.receiveMessage(nudge -> {
            onNudge.run();
            return Behaviors.same();
        });
        ActorRef<String> subscriber = system.systemActorOf(listener, "journal-nudge-" + System.identityHashCode(onNudge),
                Props.empty());
        topic.tell(Topic.subscribe(subscriber));
    }
}
