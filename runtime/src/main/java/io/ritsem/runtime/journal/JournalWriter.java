package io.ritsem.runtime.journal;

import akka.persistence.PersistentRepr;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The one thread that writes a lane. While a batch commits, the next gathers; a batch is one statement in a transaction
 * of its own, so many entities share one fsync and nobody can leave a transaction open. A batch that fails is halved
 * until only the guilty write is alone with its failure. Thread-safe; its queue is bounded.
 */
final class JournalWriter {

    private static final Logger log = LoggerFactory.getLogger(JournalWriter.class);
    private static final long STOP_CHECK_MILLIS = 200;

    /** What one entity stores at once. */
    private record Write(List<PersistentRepr> events, CompletableFuture<Void> stored) {
    }

    private final JournalTable table;
    private final JournalSettings settings;
    private final JournalNudge nudge;
    private final BlockingQueue<Write> queue;
    private final Thread thread = Thread.ofPlatform().daemon().name("ritsem-journal-writer").unstarted(this::run);
    private volatile boolean stopping;

    JournalWriter(JournalTable table, JournalSettings settings, JournalNudge nudge) {
        this.table = table;
        this.settings = settings;
        this.nudge = nudge;
        this.queue = new ArrayBlockingQueue<>(settings.queue());
    }

    void start() {
        thread.start();
    }

    /** Lets the writer finish what it holds, and refuses what comes later. */
    void stop() {
        stopping = true;
    }

    /** Stores the events of one entity, all or none; fails with a {@link JournalWriteException}. */
    CompletableFuture<Void> write(List<PersistentRepr> events) {
        Write write = new Write(events, new CompletableFuture<>());
        if (stopping || !queue.offer(write)) {
            String why = stopping ? "The node is stopping" : "The journal's queue of %d is full".formatted(settings.queue());
            write.stored().completeExceptionally(new JournalWriteException.Unavailable(why, null));
        }
        return write.stored();
    }

    private void run() {
        List<Write> batch = new ArrayList<>();
        while (!stopping || !queue.isEmpty()) {
            try {
                gather(batch);
                if (!batch.isEmpty()) {
                    store(batch);
                }
            } catch (InterruptedException interrupted) {
                stopping = true;
            } catch (RuntimeException bug) {
                log.error("A bug in the journal's writer", bug);
                batch.forEach(write -> write.stored().completeExceptionally(bug));
            }
            batch.clear();
        }
        queue.forEach(write -> write.stored()
                .completeExceptionally(new JournalWriteException.Unavailable("The node is stopping", null)));
    }

    private void gather(List<Write> batch) throws InterruptedException {
        @Nullable Write first = queue.poll(STOP_CHECK_MILLIS, TimeUnit.MILLISECONDS);
        int events = 0;
        for (Write next = first; next != null; next = events < settings.batch() ? queue.poll() : null) {
            batch.add(next);
            events += next.events().size();
        }
    }

    private void store(List<Write> batch) {
        List<PersistentRepr> rows = batch.stream().flatMap(write -> write.events().stream()).toList();
        try {
            long transaction = table.insert(rows);
            rows.forEach(row -> ((EventEnvelope) row.payload()).storedBy(transaction));
            batch.forEach(write -> write.stored().complete(null));
            nudge.publish();
        } catch (SQLException failure) {
            failed(batch, failure);
        }
    }

    private void failed(List<Write> batch, SQLException failure) {
        boolean ofOneWrite = table.isOfTheRows(failure);
        if (ofOneWrite && batch.size() > 1) {
            int half = batch.size() / 2;
            store(batch.subList(0, half));
            store(batch.subList(half, batch.size()));
            return;
        }
        for (Write write : batch) {
            PersistentRepr first = write.events().getFirst();
            String what = "%s %d".formatted(first.persistenceId(), first.sequenceNr());
            write.stored().completeExceptionally(table.explain(failure, what));
        }
    }
}
