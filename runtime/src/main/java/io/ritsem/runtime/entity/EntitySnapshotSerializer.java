package io.ritsem.runtime.entity;

import akka.actor.ExtendedActorSystem;
import akka.serialization.SerializerWithStringManifest;
import org.jspecify.annotations.Nullable;

import io.ritsem.runtime.application.ApplicationModel;
import io.ritsem.runtime.application.EntityModel;
import io.ritsem.runtime.application.HostedApplication;

/**
 * Snapshots to bytes and back; the manifest is {@code type/fingerprint}. A snapshot whose state has another shape today
 * is refused here, which makes the snapshot store go on without it: the entity is replayed, never read wrong.
 * Thread-safe.
 */
final class EntitySnapshotSerializer extends SerializerWithStringManifest {

    private static final int ID = 7_001;

    private final ApplicationModel application;

    /** Called by Akka, once per actor system. */
    EntitySnapshotSerializer(ExtendedActorSystem system) {
        application = HostedApplication.of(system);
    }

    @Override public int identifier() {
        return ID;
    }

    @Override public String manifest(Object object) {
        EntitySnapshot snapshot = (EntitySnapshot) object;
        return snapshot.type() + '/' + snapshot.fingerprint();
    }

    @Override public byte[] toBinary(Object object) {
        return ((EntitySnapshot) object).state();
    }

    @Override public Object fromBinary(byte[] bytes, String manifest) {
        String type = manifest.substring(0, manifest.indexOf('/'));
        String fingerprint = manifest.substring(type.length() + 1);
        @Nullable EntityModel<?, ?, ?> model = application.entity(type);
        if (model == null || !model.state().fingerprint().equals(fingerprint)) {
            throw new IllegalArgumentException(
                    "This snapshot of a '%s' is of another shape than its state has today; replaying it"
                            .formatted(type));
        }
        return new EntitySnapshot(type, fingerprint, bytes);
    }
}
