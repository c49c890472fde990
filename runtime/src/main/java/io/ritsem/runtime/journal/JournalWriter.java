package io.ritsem.runtime.journal;

import java.sql.SQLException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

import akka.persistence.PersistentRepr;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The one thread that writes a lane. While a batch commits, the next gathers; a batch is one statement in a transaction
 * of its own, so many entities share one fsync and nobody can leave a transaction open. A batch that fails is halved
 * until only the guilty write is alone with its failure: one that conflicts, one that the database refuses, one whose
 * row another transaction holds. A part that fails for another reason, such as a time-out, is the last that is sent: what
 * is left of its batch would only fail as slowly. When there is no connection, all that waits is refused at once:
 * the callers of a journal that is away learn it after one connection time-out, not one after the other. Thread-safe;
 * its queue is bounded.
 */
final class JournalWriter {

    private static final Logger log = LoggerFactory.getLogger(JournalWriter.class);

    /** What one entity stores at once. */
    private record Write(List<PersistentRepr> events, CompletableFuture<Void> stored, long since) {

        void refuse(String why, @Nullable Throwable cause) {
            stored.completeExceptionally(new JournalWriteException.Unavailable(why, cause));
        }

        long bytes() {
            return events.stream().mapToLong(event -> ((EventEnvelope) event.payload()).data().length).sum();
        }

        String what() {
            return "%s %d".formatted(events.getFirst().persistenceId(), events.getFirst().sequenceNr());
        }
    }

    private static final int MOST_BYTES = 8 << 20;

    /** So that a server that refuses at once is not asked all the time. */
    private static final int REST_IN_TROUBLE_MILLIS = 50;

    /** After meeting so many locks the whole table is believed to be locked, and what is left fails as it is. */
    private static final int MOST_LOCKS = 20;

    private final JournalTable table;
    private final CommitTurns turns;
    private final JournalSettings settings;
    private final Runnable afterCommit;
    private final BlockingQueue<Write> queue;
    private boolean inTrouble;
    private final Thread thread = Thread.ofPlatform().daemon().name("ritsem-journal-writer").unstarted(this::run);
    private volatile boolean stopping;

    /** @param afterCommit called on the writer's thread, which must not wait for anything in it */
    JournalWriter(JournalTable table, CommitTurns turns, JournalSettings settings, Runnable afterCommit) {
        this.table = table;
        this.turns = turns;
        this.settings = settings;
        this.afterCommit = afterCommit;
        this.queue = new ArrayBlockingQueue<>(settings.queue());
    }

    void start() {
        thread.start();
    }

    /** Ends the thread: what is on its way is stored, what waits is refused, and so is what comes later. */
    void stop() {
        stopping = true;
        thread.interrupt();
    }

    /** Stores the events of one entity, all or none; fails with a {@link JournalWriteException}. */
    CompletableFuture<Void> write(List<PersistentRepr> events) {
        Write write = new Write(events, new CompletableFuture<>(), System.nanoTime());
        if (!queue.offer(write)) {
            write.refuse("The journal's queue of %d is full".formatted(settings.queue()), null);
        } else if (stopping) {
            refuseWaiting("The node is stopping", null);
        }
        return write.stored();
    }

    private void run() {
        List<Write> batch = new ArrayList<>();
        while (!stopping) {
            try {
                storeNext(batch);
            } catch (InterruptedException stopped) {
                break;
            } catch (RuntimeException | Error bug) {
                log.error("A bug in the journal's writer", bug);
                batch.forEach(write -> write.stored().completeExceptionally(bug));
            }
            batch.clear();
        }
        refuseWaiting("The node is stopping", null);
        table.close();
    }

    private void storeNext(List<Write> batch) throws InterruptedException {
        Write first = queue.take();
        boolean turn = awaitTurn(first);
        try {
            gather(first, batch);
            store(batch);
        } finally {
            turns.end(turn);
        }
    }

    private boolean awaitTurn(Write first) throws InterruptedException {
        try {
            if (inTrouble) {
                TimeUnit.MILLISECONDS.sleep(REST_IN_TROUBLE_MILLIS);
            }
            return turns.await();
        } catch (InterruptedException stopped) {
            first.refuse("The node is stopping", null);
            throw stopped;
        }
    }

    private void gather(Write first, List<Write> batch) {
        int events = 0;
        long bytes = 0;
        for (@Nullable Write next = first; next != null; next = events < settings.batch() && bytes < MOST_BYTES
                ? queue.poll()
                : null) {
            batch.add(next);
            events += next.events().size();
            bytes += next.bytes();
        }
    }

    /** Those that may still be sent: the others have waited for too long, some of them while parts of their own batch were tried. */
    private List<Write> inTime(List<Write> part) {
        long now = System.nanoTime();
        long longest = settings.longestWait().toNanos();
        List<Write> inTime = new ArrayList<>();
        for (Write write : part) {
            if (now - write.since() > longest) {
                write.refuse("It waited for more than " + settings.longestWait(), null);
            } else {
                inTime.add(write);
            }
        }
        return inTime;
    }

    private void store(List<Write> batch) {
        Deque<List<Write>> parts = new ArrayDeque<>();
        parts.push(batch);
        int locks = 0;
        while (!parts.isEmpty()) {
            List<Write> part = inTime(parts.pop());
            if (part.isEmpty()) {
                continue;
            }
            try {
                insert(part, locks > 0);
            } catch (JournalTable.NoConnection away) {
                parts.push(part);
                String why = "No connection to the journal: " + away.getMessage();
                trouble(why);
                refuse(parts, why, away);
                refuseWaiting(why, away);
                return;
            } catch (SQLException failure) {
                boolean locked = table.isOfALock(failure);
                locks += locked ? 1 : 0;
                if (part.size() > 1 && (locked ? locks < MOST_LOCKS : table.isOfTheRows(failure))) {
                    int half = part.size() / 2;
                    parts.push(part.subList(half, part.size()));
                    parts.push(part.subList(0, half));
                } else {
                    fail(part, failure);
                    if (!locked && !table.isOfTheRows(failure)) {
                        refuse(parts, "The journal does not store: " + failure.getMessage(), failure);
                        return;
                    }
                }
            }
        }
    }

    private static void refuse(Deque<List<Write>> unsent, String why, SQLException cause) {
        unsent.forEach(part -> part.forEach(write -> write.refuse(why, cause)));
    }

    private void fail(List<Write> part, SQLException failure) {
        if (!table.isOfTheRows(failure)) {
            trouble("%s and %d more: %s".formatted(part.getFirst().what(), part.size() - 1, failure.getMessage()));
        }
        part.forEach(write -> write.stored().completeExceptionally(table.explain(failure, write.what())));
    }

    /** Says once that writes fail, and once that they do no more: the callers, who are many, are told each by itself. */
    private void trouble(String why) {
        if (!inTrouble) {
            log.warn("The journal does not store: {}", why);
        }
        inTrouble = true;
    }

    private void insert(List<Write> part, boolean unlessLocked) throws SQLException {
        List<PersistentRepr> rows = part.stream().flatMap(write -> write.events().stream()).toList();
        long transaction = unlessLocked ? table.insertUnlessLocked(rows) : table.insert(rows);
        if (inTrouble) {
            log.warn("The journal stores again");
            inTrouble = false;
        }
        rows.forEach(row -> ((EventEnvelope) row.payload()).storedBy(transaction));
        part.forEach(write -> write.stored().complete(null));
        afterCommit.run();
    }

    private void refuseWaiting(String why, @Nullable Throwable cause) {
        List<Write> waiting = new ArrayList<>();
        queue.drainTo(waiting);
        waiting.forEach(write -> write.refuse(why, cause));
    }
}
