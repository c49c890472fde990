package io.ritsem.runtime.cluster;

import java.nio.ByteBuffer;

import akka.actor.ExtendedActorSystem;
import akka.actor.typed.ActorRefResolver;
import akka.actor.typed.javadsl.Adapter;
import akka.serialization.SerializerWithStringManifest;

import static java.nio.charset.StandardCharsets.UTF_8;

/** How nodes' questions travel; the manifest names the message. Thread-safe. */
final class PeerMessageSerializer extends SerializerWithStringManifest {

    private static final int ID = 7_003;
    private static final String PING = "ping/1";
    private static final String PONG = "pong/1";

    private final ActorRefResolver refs;

    /** Called by Akka, once per actor system. */
    PeerMessageSerializer(ExtendedActorSystem system) {
        refs = ActorRefResolver.get(Adapter.toTyped(system));
    }

    @Override public int identifier() {
        return ID;
    }

    @Override public String manifest(Object message) {
        return switch (message) {
            case PeerMessage.Ping _ -> PING;
            case PeerMessage.Pong _ -> PONG;
            default -> throw new IllegalArgumentException("Not a message between nodes: " + message.getClass());
        };
    }

    @Override public byte[] toBinary(Object message) {
        return switch (message) {
            case PeerMessage.Ping(long round, var replyTo) -> {
                byte[] reply = refs.toSerializationFormat(replyTo).getBytes(UTF_8);
                yield ByteBuffer.allocate(Long.BYTES + reply.length).putLong(round).put(reply).array();
            }
            case PeerMessage.Pong(long round, String from, long writing) -> {
                byte[] address = from.getBytes(UTF_8);
                yield ByteBuffer.allocate(2 * Long.BYTES + address.length)
                        .putLong(round)
                        .putLong(writing)
                        .put(address)
                        .array();
            }
            default -> throw new IllegalArgumentException("Not a message between nodes: " + message.getClass());
        };
    }

    @Override public Object fromBinary(byte[] bytes, String manifest) {
        ByteBuffer in = ByteBuffer.wrap(bytes);
        return switch (manifest) {
            case PING -> new PeerMessage.Ping(in.getLong(), refs.resolveActorRef(UTF_8.decode(in).toString()));
            case PONG -> {
                long round = in.getLong();
                long writing = in.getLong();
                yield new PeerMessage.Pong(round, UTF_8.decode(in).toString(), writing);
            }
            default -> throw new IllegalArgumentException("Not a message between nodes: " + manifest);
        };
    }
}
