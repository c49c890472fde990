package io.ritsem.projections.live;

import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import io.ritsem.projections.engine.ReadFailure;
import io.ritsem.projections.engine.Slice;
import io.ritsem.projections.engine.TouchedKeys;
import io.ritsem.projections.live.LiveBatch.Reason;
import io.ritsem.runtime.gateway.UnavailableException;
import io.ritsem.runtime.journal.JournalUnreadableException;

/**
 * One view, for all who read it live on this node: the thread of its feed, which runs while there are any. Thread-safe.
 *
 * @param <Q> what is asked for
 * @param <W> the row as readers get it
 */
public final class LiveView<Q extends LiveQuery, W> {

    private static final Logger LOG = LoggerFactory.getLogger(LiveView.class);
    private static final Duration AFTER_FAILURE = Duration.ofMillis(500);

    private final String name;
    private final TouchedKeys touched;
    private final Supplier<LiveTable<Q, W>> serving;
    private final LiveViews node;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition work = lock.newCondition();
    private final List<Joining<Q, W>> joining = new ArrayList<>(); // all below are guarded by lock
    private @Nullable Inbox inbox; // there is one while the feed runs
    private boolean stopping;
    private volatile boolean journalAway; // as the tail has said last
    private volatile @Nullable UnavailableException trouble; // what keeps the feed from telling its readers

    LiveView(String name, TouchedKeys touched, Supplier<LiveTable<Q, W>> serving, LiveViews node) {
        this.name = name;
        this.touched = touched;
        this.serving = serving;
        this.node = node;
    }

    /**
     * Begins to read; the rows now come first. Whoever begins must close.
     *
     * @throws LiveQueryTooLargeException if too many rows match
     * @throws UnavailableException if they cannot be read, or not in time, or the node holds too much for readers already
     */
    public LiveReader<W> join(Q query, Duration atMost) {
        CompletableFuture<LiveReader<W>> reader = new CompletableFuture<>();
        lock.lock();
        try {
            if (stopping) {
                throw new UnavailableException("stopping");
            }
            joining.add(new Joining<>(query, reader));
            if (inbox == null) {
                inbox = new Inbox(touched::follows, node.partitions());
                Thread.ofVirtual().name("ritsem-live-" + name).start(new Feeding(inbox)::run);
            }
            work.signal();
        } finally {
            lock.unlock();
        }
        return await(reader, atMost);
    }

    private LiveReader<W> await(CompletableFuture<LiveReader<W>> reader, Duration atMost) {
        try {
            return reader.get(atMost.toNanos(), TimeUnit.NANOSECONDS);
        } catch (ExecutionException refused) {
            throw refused.getCause() instanceof RuntimeException cause ? cause
                    : new IllegalStateException(refused.getCause());
        } catch (TimeoutException late) {
            if (reader.completeExceptionally(late)) {
                throw holdUp();
            }
            return await(reader, Duration.ZERO);
        } catch (InterruptedException stopped) {
            reader.completeExceptionally(stopped);
            Thread.currentThread().interrupt();
            throw new UnavailableException("stopping");
        }
    }

    private UnavailableException holdUp() {
        @Nullable UnavailableException known = trouble;
        return known != null ? known : new UnavailableException(journalAway ? "journal-away" : "overloaded");
    }

    /** Here is what the tail has read; does not block. */
    void offer(Slice slice) {
        journalAway = false;
        lock.lock();
        try {
            if (inbox != null) {
                inbox.offer(slice);
                work.signal();
            }
        } finally {
            lock.unlock();
        }
    }

    /** The database has failed; does not block. */
    void failed() {
        journalAway = true;
        lock.lock();
        try {
            if (inbox != null) {
                inbox.failed();
            }
        } finally {
            lock.unlock();
        }
    }

    boolean isAwake() {
        lock.lock();
        try {
            return inbox != null;
        } finally {
            lock.unlock();
        }
    }

    /** Ends all readers and takes no more. */
    void stop() {
        lock.lock();
        try {
            stopping = true;
            work.signal();
        } finally {
            lock.unlock();
        }
    }

    /** One life of the feed, from the first reader to the last. */
    private final class Feeding {

        private final Inbox arriving;
        private LiveFeed<Q, W> feed = newFeed();
        private Duration rest = Duration.ZERO;

        Feeding(Inbox arriving) {
            this.arriving = arriving;
        }

        private LiveFeed<Q, W> newFeed() {
            return new LiveFeed<>(name, serving, touched, node.partitions(), node.memory());
        }

        void run() {
            try {
                while (receive()) {
                    rest = round();
                }
            } catch (InterruptedException _) {
                Thread.currentThread().interrupt();
            } finally {
                leave();
            }
        }

        /** Whatever has ended it: the next reader finds nobody at work. */
        private void leave() {
            RuntimeException ended = new IllegalStateException("The feed of the view '%s' has ended".formatted(name));
            feed.end(ended, Reason.INTERNAL_ERROR);
            lock.lock();
            try {
                if (inbox == arriving) {
                    inbox = null;
                    joining.forEach(each -> each.reader().completeExceptionally(ended));
                    joining.clear();
                }
            } finally {
                lock.unlock();
            }
        }

        private Duration round() throws InterruptedException {
            try {
                Duration next = feed.round();
                if (trouble != null) {
                    trouble = null;
                    LOG.info("The live readers of the view '{}' are told again", name);
                }
                return next;
            } catch (UnavailableException unavailable) {
                struggle(unavailable);
            } catch (SQLException | JournalUnreadableException failed) {
                if (ReadFailure.of(failed) instanceof UnavailableException unavailable) {
                    struggle(unavailable);
                } else {
                    fail(new IllegalStateException(failed));
                }
            } catch (RuntimeException bug) {
                fail(bug);
            }
            pause();
            return Duration.ZERO;
        }

        /** Who reads already is told as soon as that can be; who wants to begin is told that it cannot. */
        private void struggle(UnavailableException unavailable) {
            if (trouble == null) {
                LOG.warn("The live readers of the view '{}' are not told of changes for now ({}): {}", name,
                        unavailable.reason(), String.valueOf(unavailable.getCause()));
            }
            trouble = unavailable;
            feed.refuse(unavailable);
        }

        private void fail(RuntimeException bug) {
            LOG.error("A bug ends the live readers of the view '{}'", name, bug);
            feed.end(bug, Reason.INTERNAL_ERROR);
            feed = newFeed();
        }

        private void pause() throws InterruptedException {
            long left = AFTER_FAILURE.toNanos();
            lock.lockInterruptibly();
            try {
                while (left > 0 && !stopping) {
                    left = work.awaitNanos(left);
                }
            } finally {
                lock.unlock();
            }
        }

        /** Waits for something to do; false if there is nobody to do it for. */
        private boolean receive() throws InterruptedException {
            Inbox.@Nullable Arrived arrived;
            lock.lockInterruptibly();
            try {
                if (joining.isEmpty() && feed.isEmpty()) {
                    inbox = null;
                    return false;
                }
                long left = rest.toNanos();
                while (left > 0 && !stopping && joining.isEmpty() && arriving.isEmpty()) {
                    left = work.awaitNanos(left);
                }
                joining.forEach(feed::join);
                joining.clear();
                if (stopping) {
                    feed.end(new UnavailableException("stopping"), Reason.STOPPING);
                    inbox = null;
                    return false;
                }
                arrived = arriving.take();
            } finally {
                lock.unlock();
            }
            if (arrived != null) {
                feed.take(arrived);
            }
            return true;
        }
    }
}
