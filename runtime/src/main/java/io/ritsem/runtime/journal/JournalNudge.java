package io.ritsem.runtime.journal;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;

import akka.actor.ActorSystem;
import akka.actor.typed.ActorRef;
import akka.actor.typed.Behavior;
import akka.actor.typed.Extension;
import akka.actor.typed.ExtensionId;
import akka.actor.typed.Props;
import akka.actor.typed.javadsl.Adapter;
import akka.actor.typed.javadsl.Behaviors;
import akka.actor.typed.javadsl.TimerScheduler;
import akka.actor.typed.pubsub.Topic;

/**
 * Tells the tails of all nodes that there is something new, so that they need not poll. Only a hint: it may come before
 * the horizon has passed the events, twice, or never. Many commits within some milliseconds are one nudge; the first one
 * after a pause goes out at once. Thread-safe.
 */
public final class JournalNudge implements Extension {

    /** Shorter costs the nodes more messages; longer makes views later by as much. */
    private static final Duration PAUSE = Duration.ofMillis(5);

    private static final ExtensionId<JournalNudge> ID = new ExtensionId<>() {
        @Override public JournalNudge createExtension(akka.actor.typed.ActorSystem<?> system) {
            return new JournalNudge(system);
        }
    };

    private enum News {
        COMMITTED, PAUSED
    }

    private final akka.actor.typed.ActorSystem<?> system;
    private final ActorRef<Topic.Command<String>> topic;
    private final ActorRef<News> herald;
    private final AtomicBoolean told = new AtomicBoolean();
    private final AtomicInteger subscribers = new AtomicInteger();

    private JournalNudge(akka.actor.typed.ActorSystem<?> system) {
        this.system = system;
        this.topic = system.systemActorOf(Topic.create(String.class, "journal-nudge"), "journal-nudge", Props.empty());
        this.herald = system.systemActorOf(Behaviors.withTimers(this::resting), "journal-nudge-herald", Props.empty());
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
        if (told.compareAndSet(false, true)) {
            herald.tell(News.COMMITTED);
        }
    }

    private Behavior<News> resting(TimerScheduler<News> timers) {
        return Behaviors.receiveMessage(_ -> proclaim(timers));
    }

    private Behavior<News> proclaim(TimerScheduler<News> timers) {
        told.set(false);
        topic.tell(Topic.publish(""));
        timers.startSingleTimer(News.PAUSED, PAUSE);
        return pausing(timers, false);
    }

    private Behavior<News> pausing(TimerScheduler<News> timers, boolean more) {
        return Behaviors.receiveMessage(news -> switch (news) {
            case COMMITTED -> pausing(timers, true);
            case PAUSED -> more ? proclaim(timers) : resting(timers);
        });
    }

    /** Calls this after commits on any node, on an actor's thread: it must not block. */
    public void subscribe(Runnable onNudge) {
        Behavior<String> listener = Behaviors.receiveMessage(_ -> {
            onNudge.run();
            return Behaviors.same();
        });
        topic.tell(Topic.subscribe(system.systemActorOf(listener,
                "journal-nudge-listener-" + subscribers.incrementAndGet(), Props.empty())));
    }
}
