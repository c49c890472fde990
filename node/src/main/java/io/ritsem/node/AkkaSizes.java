package io.ritsem.node;

import com.typesafe.config.Config;

import io.ritsem.runtime.gateway.CommandGateway;

/** What Akka is told, and must not be told otherwise: how large a message may be. What is larger is lost without an answer. */
final class AkkaSizes {

    private static final String FRAME = "akka.remote.artery.advanced.maximum-frame-size";

    /** Names, keys, addresses, each event's place. */
    private static final int AROUND = 256 << 10;

    private AkkaSizes() {}

    /** @throws IllegalArgumentException if they do not fit; the message says what would */
    static void check(Config config) {
        long least = CommandGateway.LARGEST_MESSAGE + AROUND;
        if (config.getBytes(FRAME) < least) {
            throw new IllegalArgumentException(
                    "%s is %d bytes, but it must be at least %d: the largest command or answer, and what is around it"
                            .formatted(FRAME, config.getBytes(FRAME), least));
        }
    }
}
