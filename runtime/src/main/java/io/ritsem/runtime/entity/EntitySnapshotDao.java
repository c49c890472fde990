package io.ritsem.runtime.entity;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

import akka.persistence.SnapshotMetadata;
import akka.persistence.jdbc.config.SnapshotConfig;
import akka.persistence.jdbc.snapshot.dao.SnapshotDao;
import akka.serialization.Serialization;
import akka.stream.Materializer;
import org.jspecify.annotations.Nullable;
import scala.Option;
import scala.Tuple2;
import scala.concurrent.ExecutionContext;
import scala.concurrent.Future;
import scala.jdk.javaapi.FutureConverters;
import scala.runtime.BoxedUnit;
import slick.jdbc.JdbcBackend;
import slick.jdbc.JdbcProfile;

import io.ritsem.runtime.journal.EntityId;

/**
 * What the snapshot plugin asks of {@link EntitySnapshots}. Created by the plugin with exactly this constructor;
 * thread-safe. Reads are as many as there are recoveries; writes have two threads and a bounded queue, beyond which a
 * snapshot is not written.
 */
public final class EntitySnapshotDao implements SnapshotDao {

    private static final int WRITERS = 2;
    private static final int WAITING = 1_000;

    private final EntitySnapshots snapshots;
    private final Executor reading = Executors.newVirtualThreadPerTaskExecutor();
    private final ThreadPoolExecutor writing = new ThreadPoolExecutor(WRITERS, WRITERS, 1, TimeUnit.SECONDS,
            new LinkedBlockingQueue<>(WAITING), Thread.ofVirtual().name("ritsem-snapshots").factory());

    /** Called by the plugin. */
    public EntitySnapshotDao(JdbcBackend.DatabaseDef slick, JdbcProfile profile, SnapshotConfig config,
            Serialization serialization, ExecutionContext executionContext, Materializer materializer) {
        snapshots = EntitySnapshots.of(materializer.system());
        materializer.system().registerOnTermination(writing::shutdown);
    }

    /** Done when it waits to be written: an entity answers nobody before, and needs none of its snapshots. */
    @Override public Future<BoxedUnit> save(SnapshotMetadata metadata, Object state) {
        EntityId entity = EntityId.ofPersistenceId(metadata.persistenceId());
        try {
            writing.execute(() -> snapshots.store(entity, metadata.sequenceNr(), state));
        } catch (RejectedExecutionException _) {
            snapshots.notWritten(writing.isShutdown()
                    ? "the node is stopping"
                    : WAITING + " others wait to be written, as the database is slow", entity);
        }
        return FutureConverters.asScala(CompletableFuture.completedFuture(BoxedUnit.UNIT));
    }

    @Override public Future<Option<Tuple2<SnapshotMetadata, Object>>> latestSnapshot(String persistenceId) {
        return snapshotForMaxSequenceNr(persistenceId, Long.MAX_VALUE);
    }

    @Override public Future<Option<Tuple2<SnapshotMetadata, Object>>> snapshotForMaxSequenceNr(String persistenceId,
            long upTo) {
        EntityId entity = EntityId.ofPersistenceId(persistenceId);
        return FutureConverters.asScala(CompletableFuture.supplyAsync(() -> {
            EntitySnapshots.@Nullable Found<?> found = snapshots.newest(entity, upTo);
            return found == null
                    ? Option.empty()
                    : Option.apply(new Tuple2<>(SnapshotMetadata.apply(persistenceId, found.sequence(), 0L),
                            (Object) found.state()));
        }, reading));
    }

    // ---- what our entities do not ask ----------------------------------------------------------------------------

    @Override public Future<Option<Tuple2<SnapshotMetadata, Object>>> snapshotForMaxTimestamp(String persistenceId,
            long upTo) {
        return notAsked();
    }

    @Override public Future<Option<Tuple2<SnapshotMetadata, Object>>> snapshotForMaxSequenceNrAndMaxTimestamp(
            String persistenceId, long upToSequence, long upToTime) {
        return notAsked();
    }

    @Override public Future<BoxedUnit> delete(String persistenceId, long sequence) {
        return notAsked();
    }

    @Override public Future<BoxedUnit> deleteAllSnapshots(String persistenceId) {
        return notAsked();
    }

    @Override public Future<BoxedUnit> deleteUpToMaxSequenceNr(String persistenceId, long upTo) {
        return notAsked();
    }

    @Override public Future<BoxedUnit> deleteUpToMaxTimestamp(String persistenceId, long upTo) {
        return notAsked();
    }

    @Override public Future<BoxedUnit> deleteUpToMaxSequenceNrAndMaxTimestamp(String persistenceId, long upToSequence,
            long upToTime) {
        return notAsked();
    }

    private static <T> Future<T> notAsked() {
        return FutureConverters.asScala(CompletableFuture
                .failedFuture(new UnsupportedOperationException("Snapshots are found by sequence and never deleted")));
    }
}
