package io.ritsem.runtime.sharding;

import akka.actor.AllDeadLetters;
import akka.actor.typed.ActorRef;
import akka.actor.typed.ActorSystem;
import akka.actor.typed.Behavior;
import akka.actor.typed.Props;
import akka.actor.typed.javadsl.Adapter;
import akka.actor.typed.javadsl.Behaviors;
import akka.cluster.sharding.typed.ShardingEnvelope;

import io.ritsem.runtime.entity.GateMessage.Work;

/**
 * Says of what came to no entity that it did not: when a shard is handed over, the sharding drops what it has gathered for
 * it, and who waits would wait in vain. A stateless actor, one on each node.
 */
final class Undelivered {

    private static final String NAME = "ritsem-undelivered";

    private Undelivered() {}

    /** Begins to listen. */
    static void watch(ActorSystem<?> system) {
        ActorRef<AllDeadLetters> listener = system.systemActorOf(behavior(), NAME, Props.empty());
        Adapter.toClassic(system).eventStream().subscribe(Adapter.toClassic(listener), AllDeadLetters.class);
    }

    private static Behavior<AllDeadLetters> behavior() {
        return Behaviors.receiveMessage(letter -> {
            Object message = letter.message() instanceof ShardingEnvelope<?> envelope ? envelope.message()
                    : letter.message();
            // of an earlier copy of what was sent again nobody here knows
            if (message instanceof Work work && !work.repeated()) {
                work.refuse("moving");
            }
            return Behaviors.same();
        });
    }
}
