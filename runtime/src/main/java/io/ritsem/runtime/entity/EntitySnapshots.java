package io.ritsem.runtime.entity;

import java.sql.SQLException;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;

import akka.actor.ActorSystem;
import akka.actor.setup.Setup;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import io.ritsem.runtime.application.ApplicationModel;
import io.ritsem.runtime.application.EntityModel;
import io.ritsem.runtime.journal.EntityId;
import io.ritsem.runtime.journal.SnapshotTable;
import io.ritsem.runtime.journal.SnapshotTable.Kind;
import io.ritsem.runtime.journal.SnapshotTable.Row;

/**
 * States as they were, so that neither a recovery nor a look at the past need begin at the first event. Thread-safe;
 * blocking. Handed to the actor system, whose snapshot plugin Akka creates itself.
 *
 * <p>
 * All snapshots are kept: that is what bounds a look at the past, and costs the bytes of one state for every
 * {@code snapshot-every} events. None is needed: one that is not of the shape that the state has today, or that cannot be
 * read, is ignored and counted, the next older one is taken, and without any the entity is folded from its first event.
 */
public final class EntitySnapshots extends Setup {

    private static final Logger LOG = LoggerFactory.getLogger(EntitySnapshots.class);

    /** In the column {@code snapshot_ser_id}: that it was written here. */
    private static final int SERIALIZER = 7_001;

    /** Of what is wrong with how many different ones is told in the log; all are counted. */
    private static final int MOST_TOLD = 1_000;

    private final ApplicationModel application;
    private final SnapshotTable table;
    private final LongAdder ignored = new LongAdder();
    private final LongAdder unwritten = new LongAdder();
    private final Set<String> told = ConcurrentHashMap.newKeySet();

    public EntitySnapshots(ApplicationModel application, SnapshotTable table) {
        this.application = application;
        this.table = table;
    }

    static EntitySnapshots of(ActorSystem system) {
        return system.settings()
                .setup()
                .get(EntitySnapshots.class)
                .orElseThrow(() -> new IllegalStateException("The actor system was made without EntitySnapshots"));
    }

    /** How often a snapshot was met that could not be used, since the start. */
    public long ignored() {
        return ignored.sum();
    }

    /** How many snapshots were not written that should have been, since the start. */
    public long unwritten() {
        return unwritten.sum();
    }

    /** A state that was read back. */
    record Found<S>(long sequence, S state) {}

    /** An entity's newest usable snapshot up to a sequence, or null if it has none. */
    <S> @Nullable Found<S> newest(EntityModel<?, ?, S> model, EntityId entity, long upTo) {
        Kind kind = kindOf(model);
        Optional<Row> row = table.newest(entity, upTo);
        while (row.isPresent()) {
            @Nullable Found<S> found = read(model, entity, row.get());
            if (found != null) {
                return found;
            }
            row = table.newest(entity, row.get().sequence() - 1, kind);
        }
        return null;
    }

    /** As the other, for who knows the entity alone. */
    @Nullable Found<?> newest(EntityId entity, long upTo) {
        @Nullable EntityModel<?, ?, ?> model = application.entity(entity.type());
        return model == null ? null : newest(model, entity, upTo);
    }

    private <S> @Nullable Found<S> read(EntityModel<?, ?, S> model, EntityId entity, Row row) {
        if (row.kind().equals(kindOf(model))) {
            try {
                return new Found<>(row.sequence(), model.state().decodeStored(row.state()));
            } catch (RuntimeException | LinkageError | AssertionError | StackOverflowError damaged) {
                ignore(entity.persistenceId(),
                        "The snapshot of %s at sequence %d cannot be read, so it is ignored and its events are read: %s"
                                .formatted(entity.persistenceId(), row.sequence(), damaged));
            }
        } else if (row.kind().serializer() == SERIALIZER) {
            ignore(row.kind().manifest(),
                    "The snapshots of '%s' that were made when its state had another shape are ignored (as of %s at %d)"
                            .formatted(entity.type(), entity.persistenceId(), row.sequence()));
        } else {
            ignore(entity.persistenceId(),
                    "The snapshot of %s at sequence %d was not written by Ritsem (serializer %d), so it is ignored"
                            .formatted(entity.persistenceId(), row.sequence(), row.kind().serializer()));
        }
        return null;
    }

    private void ignore(String about, String what) {
        ignored.increment();
        tellOnce(about, what);
    }

    private void tellOnce(String about, String what) {
        if (told.size() < MOST_TOLD && told.add(about)) {
            LOG.warn(what);
        }
    }

    /** Stores an entity's state; if that is not possible, the entity goes on with the snapshots that it has. */
    void store(EntityId entity, long sequence, Object state) {
        try {
            @Nullable EntityModel<?, ?, ?> model = application.entity(entity.type());
            if (model == null) {
                throw new IllegalArgumentException("there is no entity type '" + entity.type() + "'");
            }
            table.store(entity, new Row(sequence, kindOf(model), encoded(model, state)));
        } catch (SQLException away) {
            notWritten("unwritten " + away.getSQLState(), entity, away.getMessage());
        } catch (RuntimeException | Error wrong) { // nobody waits for it who would tell
            notWritten("unwritten " + entity.persistenceId(), entity, wrong.toString());
        }
    }

    /** Counts one that is not written, and tells the first for a reason. */
    void notWritten(String why, EntityId entity) {
        notWritten(why, entity, why);
    }

    private void notWritten(String about, EntityId entity, @Nullable String why) {
        unwritten.increment();
        tellOnce(about, "A snapshot of %s was not written: %s".formatted(entity.persistenceId(), why));
    }

    @SuppressWarnings("unchecked") private static <S> byte[] encoded(EntityModel<?, ?, S> model, Object state) {
        return model.state().encode((S) state);
    }

    private static Kind kindOf(EntityModel<?, ?, ?> model) {
        return new Kind(SERIALIZER, model.type() + '/' + model.state().fingerprint());
    }
}
