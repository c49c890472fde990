package io.ritsem.runtime.cluster;

import akka.actor.typed.ActorRef;

/** What nodes ask each other every second. Immutable. */
sealed interface PeerMessage {

    /**
     * Are you there?
     *
     * @param round of the one who asks
     */
    record Ping(long round, ActorRef<PeerMessage> replyTo) implements PeerMessage {}

    /**
     * Yes.
     *
     * @param round as asked
     * @param from the address of the one who answers
     * @param writingMillis for how long the database has taken every write of that node; 0 if it does not now
     */
    record Pong(long round, String from, long writingMillis) implements PeerMessage {}

    /** A second has passed. */
    record Tick() implements PeerMessage {}
}
