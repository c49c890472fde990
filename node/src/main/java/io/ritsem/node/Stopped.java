package io.ritsem.node;

import akka.actor.CoordinatedShutdown;

/** Why a node's actor system ends when its own process stops it, as opposed to the cluster; {@code application.conf} knows it by this name. Immutable. */
final class Stopped implements CoordinatedShutdown.Reason {

    @Override public String toString() {
        return "stopped by its process";
    }
}
