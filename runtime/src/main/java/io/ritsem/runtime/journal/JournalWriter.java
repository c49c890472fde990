package io.ritsem.runtime.journal;

import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.TimeUnit;

import akka.persistence.PersistentRepr;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import io.ritsem.runtime.journal.JournalLane.Write;

/**
 * A thread that writes one batch of a lane after another. A batch is one statement in a transaction of its own, so many
 * entities share one fsync and nobody can leave a transaction open. A batch that fails is halved until only the guilty
 * write is alone with its failure: one that conflicts, one that the database refuses, one whose row another transaction
 * holds. A part that fails for another reason, such as a time-out, is the last that is sent: what is left of its batch
 * would only fail as slowly. When there is no connection, all that waits in the lane is refused at once: the callers of a
 * journal that is away learn it after one connection time-out, not one after the other. Confined to its thread.
 */
final class JournalWriter {

    private static final Logger log = LoggerFactory.getLogger(JournalWriter.class);

    /** So that a server that refuses at once is not asked all the time. */
    private static final int REST_IN_TROUBLE_MILLIS = 50;

    /** After meeting so many locks the whole table is believed to be locked, and what is left fails as it is. */
    private static final int MOST_LOCKS = 20;

    private final JournalWriters writers;
    private final JournalTable table;
    private final Duration longestWait;
    private final Runnable afterCommit;
    private final Thread thread = Thread.ofPlatform().daemon().name("ritsem-journal-writer").unstarted(this::run);

    JournalWriter(JournalWriters writers, JournalTable table, Duration longestWait, Runnable afterCommit) {
        this.writers = writers;
        this.table = table;
        this.longestWait = longestWait;
        this.afterCommit = afterCommit;
    }

    void start() {
        thread.start();
    }

    void interrupt() {
        thread.interrupt();
    }

    private void run() {
        try {
            connect();
            while (!writers.isStopping()) {
                JournalLane lane = writers.take(this);
                try {
                    write(lane);
                } finally {
                    writers.giveBack(this, lane);
                }
            }
        } catch (InterruptedException stopped) {
            log.debug("Stopped while it waited", stopped);
        } finally {
            writers.leave(this);
            table.close();
        }
    }

    /** Before anything is to be written: by then readers may have all other connections. */
    private void connect() {
        try {
            table.connect();
        } catch (JournalTable.NoConnection away) {
            log.debug("It will be tried again with what is to be written", away);
        }
    }

    private void write(JournalLane lane) throws InterruptedException {
        if (lane.isInTrouble()) {
            TimeUnit.MILLISECONDS.sleep(REST_IN_TROUBLE_MILLIS);
        }
        List<Write> batch = new ArrayList<>();
        try {
            lane.gather(batch);
            store(lane, batch);
        } catch (RuntimeException | Error bug) {
            batch.forEach(write -> write.stored().completeExceptionally(bug));
            log.error("A bug in the journal's writer", bug);
        }
    }

    /** Those that may still be sent: the others have waited for too long, some of them while parts of their own batch were tried. */
    private List<Write> inTime(List<Write> part) {
        long now = System.nanoTime();
        long longest = longestWait.toNanos();
        List<Write> inTime = new ArrayList<>();
        for (Write write : part) {
            if (now - write.since() > longest) {
                write.refuse("It waited for more than " + longestWait, null);
            } else {
                inTime.add(write);
            }
        }
        return inTime;
    }

    private void store(JournalLane lane, List<Write> batch) {
        Deque<List<Write>> parts = new ArrayDeque<>();
        parts.push(batch);
        int locks = 0;
        while (!parts.isEmpty()) {
            List<Write> part = inTime(parts.pop());
            if (part.isEmpty()) {
                continue;
            }
            try {
                insert(lane, part, locks > 0);
            } catch (JournalTable.NoConnection away) {
                parts.push(part);
                String why = "No connection to the journal: " + away.getMessage();
                lane.trouble(why);
                refuse(parts, why, away);
                lane.refuseWaiting(why, away);
                return;
            } catch (SQLException failure) {
                boolean locked = table.isOfALock(failure);
                locks += locked ? 1 : 0;
                if (part.size() > 1 && (locked ? locks < MOST_LOCKS : table.isOfTheRows(failure))) {
                    int half = part.size() / 2;
                    parts.push(part.subList(half, part.size()));
                    parts.push(part.subList(0, half));
                } else {
                    fail(lane, part, failure);
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

    private void fail(JournalLane lane, List<Write> part, SQLException failure) {
        if (!table.isOfTheRows(failure)) {
            lane.trouble("%s and %d more: %s".formatted(part.getFirst().what(), part.size() - 1, failure.getMessage()));
        }
        part.forEach(write -> write.stored().completeExceptionally(table.explain(failure, write.what())));
    }

    private void insert(JournalLane lane, List<Write> part, boolean unlessLocked) throws SQLException {
        List<PersistentRepr> rows = part.stream().flatMap(write -> write.events().stream()).toList();
        long transaction = unlessLocked ? table.insertUnlessLocked(rows) : table.insert(rows);
        lane.storesAgain();
        rows.forEach(row -> ((EventEnvelope) row.payload()).storedBy(transaction));
        part.forEach(write -> write.stored().complete(null));
        afterCommit.run();
    }
}
