package io.ritsem.runtime.journal;

import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.Executors;

import akka.NotUsed;
import akka.actor.Scheduler;
import akka.japi.Pair;
import akka.persistence.AtomicWrite;
import akka.persistence.PersistentRepr;
import akka.persistence.jdbc.config.JournalConfig;
import akka.serialization.Serialization;
import akka.stream.Materializer;
import akka.stream.javadsl.Source;
import scala.Option;
import scala.Tuple2;
import scala.collection.immutable.Nil$;
import scala.collection.immutable.Seq;
import scala.concurrent.ExecutionContext;
import scala.concurrent.Future;
import scala.concurrent.duration.FiniteDuration;
import scala.jdk.javaapi.CollectionConverters;
import scala.jdk.javaapi.FutureConverters;
import scala.runtime.BoxedUnit;
import scala.util.Success;
import scala.util.Try;
import slick.jdbc.JdbcBackend;
import slick.jdbc.JdbcProfile;

/**
 * One lane of the journal, as the plugin wants it: hands writes to its {@link JournalLane}, reads entities back in pages. Created by the plugin with exactly this constructor; thread-safe.
 */
public final class JournalDao implements akka.persistence.jdbc.journal.dao.JournalDao {

    private static final int PAGE = 1_000;

    private final JournalLane lane;
    private final JournalReader reader;
    private final Executor blocking = Executors.newVirtualThreadPerTaskExecutor();

    /** Called by the plugin. */
    public JournalDao(JdbcBackend.DatabaseDef slick, JdbcProfile profile, JournalConfig config,
            Serialization serialization, ExecutionContext executionContext, Materializer materializer) {
        var system = materializer.system();
        DatabaseSetup setup = DatabaseSetup.of(system);
        lane = setup.writers(system).lane();
        reader = new JournalReader(setup.dataSource(), setup.info());
    }

    @Override public Future<Seq<Try<BoxedUnit>>> asyncWriteMessages(Seq<AtomicWrite> messages) {
        List<PersistentRepr> rows = CollectionConverters.asJava(messages)
                .stream()
                .flatMap(write -> CollectionConverters.asJava(write.payload()).stream())
                .toList();
        for (PersistentRepr row : rows) {
            if (!(row.payload() instanceof EventEnvelope)) {
                throw new IllegalArgumentException(
                        "The journal stores envelopes, not " + row.payload().getClass().getName());
            }
        }
        return FutureConverters.asScala(lane.write(rows).thenApply(stored -> allStored()));
    }

    /** No element means: none was rejected. */
    @SuppressWarnings("unchecked") private static Seq<Try<BoxedUnit>> allStored() {
        return (Seq<Try<BoxedUnit>>) (Seq<?>) Nil$.MODULE$;
    }

    @Override public Future<Object> highestSequenceNr(String persistenceId, long fromSequenceNr) {
        return FutureConverters.asScala(
                CompletableFuture.supplyAsync(() -> (Object) reader.version(persistenceId), blocking));
    }

    @Override public akka.stream.scaladsl.Source<Try<Tuple2<PersistentRepr, Object>>, NotUsed> messages(
            String persistenceId,
            long from, long to, long max) {
        EntityId entity = EntityId.ofPersistenceId(persistenceId);
        return Source.unfoldAsync(from, next -> page(entity, next, to))
                .mapConcat(events -> events)
                .take(max)
                .map(JournalDao::recovered)
                .asScala();
    }

    @Override public akka.stream.scaladsl.Source<Try<Tuple2<PersistentRepr, Object>>, NotUsed> messagesWithBatch(
            String persistenceId, long from, long to, int batchSize,
            Option<Tuple2<FiniteDuration, Scheduler>> refreshInterval) {
        return messages(persistenceId, from, to, Long.MAX_VALUE);
    }

    private CompletableFuture<Optional<Pair<Long, List<RecordedEvent>>>> page(EntityId entity, long from, long to) {
        if (from > to) {
            return CompletableFuture.completedFuture(Optional.empty());
        }
        return CompletableFuture.supplyAsync(() -> reader.page(entity, from - 1, to, PAGE).events(), blocking)
                .thenApply(events -> events.isEmpty()
                        ? Optional.empty()
                        : Optional.of(Pair.create(events.getLast().sequence() + 1, events)));
    }

    private static Try<Tuple2<PersistentRepr, Object>> recovered(RecordedEvent event) {
        PersistentRepr repr = PersistentRepr.apply(EventEnvelope.recovered(event), event.sequence(),
                event.entity().persistenceId(), event.manifest().toString(), false, null, JournalTable.WRITER);
        return Success.apply(new Tuple2<>(repr, event.position().ordering()));
    }

    @Override public Future<BoxedUnit> delete(String persistenceId, long toSequenceNr) {
        return FutureConverters.asScala(CompletableFuture.failedFuture(new UnsupportedOperationException(
                "Events are never deleted, not even those of " + persistenceId)));
    }
}
