package io.ritsem.projections.tail;

import java.time.Duration;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;

import akka.Done;
import akka.NotUsed;
import akka.japi.Pair;
import akka.stream.KillSwitches;
import akka.stream.Materializer;
import akka.stream.RestartSettings;
import akka.stream.UniqueKillSwitch;
import akka.stream.javadsl.Keep;
import akka.stream.javadsl.RestartSource;
import akka.stream.javadsl.Sink;
import akka.stream.javadsl.Source;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import io.ritsem.projections.engine.Slice;
import io.ritsem.projections.engine.TailPulse;
import io.ritsem.projections.engine.ViewProgress;
import io.ritsem.runtime.journal.JournalReader;
import io.ritsem.runtime.journal.JournalUnreadableException;
import io.ritsem.runtime.journal.Position;
import io.ritsem.runtime.journal.RecordedEvent;

/**
 * Follows the end of the journal: one query for all partitions that this node needs. Thread-safe.
 *
 * <p>
 * It stands at one place in all partitions, which makes a slice the merge of them in commit order: views of a partition
 * and views of the whole journal can be fed with the same. If a partition has more than a look may take, the slice ends
 * there for all. It begins at the end that its first look finds, since views read by themselves what lies before.
 */
public final class JournalTail implements TailPulse {

    private static final Logger LOG = LoggerFactory.getLogger(JournalTail.class);
    private static final RestartSettings RESTART = RestartSettings.create(Duration.ofMillis(200), Duration.ofSeconds(2),
            0.2);
    private static final Duration ROUND_TRIP = Duration.ofSeconds(1);
    // While events wait above the horizon: their transaction, or an older one, is about to end.
    private static final List<Duration> ABOVE_HORIZON = List.of(Duration.ofMillis(2), Duration.ofMillis(5),
            Duration.ofMillis(10), Duration.ofMillis(10), Duration.ofMillis(20), Duration.ofMillis(50));
    private static final Duration BETWEEN_COMPLAINTS = Duration.ofMinutes(1);
    private static final int HELD = 256;
    private static final Duration REST_PER_EVENT = Duration.ofNanos(100_000);

    private final JournalReader journal;
    private final Supplier<Set<Integer>> partitions;
    private final TailSettings settings;
    private final Executor executor;
    private final Pulse pulse;
    private final AtomicInteger hurried = new AtomicInteger(); // how many wait
    private final HorizonWatch watch;
    private @Nullable Position position; // these five: one look at a time
    private Duration interval = Duration.ZERO;
    private int looksAbove;
    private long hidden; // a transaction that was seen above the horizon and is not passed yet; 0 if none
    private long hiddenSince;
    private boolean buggy; // these two: one slice at a time
    private long complainedAt;
    private volatile Duration rest;
    private volatile long lookedAt = System.nanoTime();
    private volatile long sawEndAt = lookedAt; // the latest moment of which all that was committed has been delivered

    /**
     * @param partitions the partitions that are needed now
     * @param executor where it may block
     */
    public JournalTail(JournalReader journal, Supplier<Set<Integer>> partitions, TailSettings settings,
            Executor executor) {
        this.journal = journal;
        this.partitions = partitions;
        this.settings = settings;
        this.executor = executor;
        this.pulse = new Pulse();
        this.rest = settings.shortestInterval();
        this.watch = new HorizonWatch(journal);
    }

    /** Who gets what the tail reads; called by one thread at a time, must not block. */
    public interface Audience {

        /** These events will come. */
        void notice(Slice slice);

        /** Here they are. */
        void offer(Slice slice);

        /** The database has failed; perhaps it has lost what did not wait for the disk. */
        void failed();
    }

    /** A running tail. */
    public record Running(UniqueKillSwitch kill, CompletionStage<Done> ended) {}

    /** Starts to follow. When the journal cannot be read the stream is started again, a little later each time. */
    public Running run(Audience audience, Materializer materializer) {
        Source<Slice, NotUsed> slices = RestartSource.onFailuresWithBackoff(RESTART,
                () -> Source.unfoldAsync(NotUsed.getInstance(), _ -> next(audience)));
        Source<Slice, NotUsed> delivered = slices.map(slice -> {
            tell(() -> audience.notice(slice));
            return slice;
        });
        if (settings.holdBack().isPositive()) {
            delivered = delivered.mapAsync(HELD, this::heldBack);
        }
        var running = delivered.viaMat(KillSwitches.single(), Keep.right())
                .toMat(Sink.foreach(slice -> tell(() -> audience.offer(slice))), Keep.both())
                .run(materializer);
        var _ = running.second().whenComplete((_, failure) -> {
            if (failure != null) {
                LOG.error("The tail has ended: no view of this node is told of events any more", failure);
            }
        });
        return new Running(running.first(), running.second());
    }

    /** Whoever has not been told sees by the next slice that it has missed this one. */
    private void tell(Runnable telling) {
        try {
            telling.run();
        } catch (RuntimeException bug) {
            long now = System.nanoTime();
            if (!buggy || now - complainedAt > BETWEEN_COMPLAINTS.toNanos()) {
                LOG.error(
                        "A bug keeps from views what the tail has read; the tail goes on, and views read that by themselves",
                        bug);
                complainedAt = now;
            }
            buggy = true;
        }
    }

    private CompletionStage<Slice> heldBack(Slice slice) {
        return CompletableFuture.supplyAsync(() -> slice,
                CompletableFuture.delayedExecutor(settings.holdBack().toNanos(), TimeUnit.NANOSECONDS));
    }

    private CompletionStage<Optional<Pair<NotUsed, Slice>>> next(Audience audience) {
        return pulse.after(interval).thenApplyAsync(_ -> {
            try {
                return Optional.of(Pair.create(NotUsed.getInstance(), look()));
            } catch (JournalUnreadableException e) {
                audience.failed();
                throw e;
            }
        }, executor);
    }

    private Slice look() {
        Set<Integer> needed = Set.copyOf(partitions.get());
        if (needed.isEmpty()) {
            position = null;
            interval = settings.longestInterval();
            watchEnd(0, Long.MAX_VALUE);
            return new Slice(Position.START, Position.START, needed, List.of());
        }
        Position from = position == null ? ViewProgress.endOf(Long.MAX_VALUE) : position;
        Map<Integer, Position> after = new HashMap<>();
        needed.forEach(partition -> after.put(partition, from));
        JournalReader.Tail tail = journal.readPartitions(after, settings.batch());
        Position end = ViewProgress.endOf(tail.end());
        Slice slice = position == null ? new Slice(end, end, needed, List.of()) : slice(from, needed, tail, end);
        watchEnd(tail.last(), tail.horizon());
        position = slice.to();
        rest = rest(slice.events().size());
        interval = untilNextLook(slice, tail);
        return slice;
    }

    private static Slice slice(Position from, Set<Integer> needed, JournalReader.Tail tail, Position journalEnd) {
        Position whole = journalEnd.hasReached(from) ? journalEnd : from;
        // The first partition, in order of position, that may have more: the slice ends here.
        Optional<Position> cut = tail.cuts().values().stream().min(Comparator.naturalOrder());
        Position end = cut.orElse(whole);
        List<RecordedEvent> events = cut.isPresent()
                ? tail.events().stream().filter(event -> end.hasReached(event.position())).toList()
                : tail.events();
        return new Slice(from, end, needed, events);
    }

    /**
     * The more comes, the longer the next look waits, so that much comes in few and large transactions of the views; but
     * not while somebody waits for it.
     */
    private Duration rest(int events) {
        Duration shortest = settings.shortestInterval();
        Duration longer = hurried.get() > 0 ? Duration.ZERO : REST_PER_EVENT.multipliedBy(events);
        Duration most = shortest.multipliedBy(2);
        return shortest.plus(longer.compareTo(most) < 0 ? longer : most);
    }

    private Duration untilNextLook(Slice slice, JournalReader.Tail tail) {
        if (slice.events().size() < tail.events().size()
                || !slice.to().hasReached(ViewProgress.endOf(tail.end()))) {
            return Duration.ZERO;
        }
        if (tail.last() >= tail.horizon()) {
            return ABOVE_HORIZON.get(Math.min(looksAbove++, ABOVE_HORIZON.size() - 1));
        }
        looksAbove = 0;
        if (!slice.events().isEmpty()) {
            return rest;
        }
        Duration doubled = max(settings.shortestInterval(), interval).multipliedBy(2);
        return doubled.compareTo(settings.longestInterval()) < 0 ? doubled : settings.longestInterval();
    }

    @Override public void wake() {
        pulse.wake(rest);
    }

    @Override public Hurry hurry() {
        hurried.incrementAndGet();
        pulse.wake(settings.shortestInterval());
        return hurried::decrementAndGet;
    }

    @Override public Duration blindness() {
        long now = System.nanoTime();
        Duration hidingFor = Duration.ofNanos(Math.max(0, lookedAt - sawEndAt));
        Duration lookingAwayFor = Duration.ofNanos(now - lookedAt);
        boolean stuck = lookingAwayFor.compareTo(settings.longestInterval().plus(ROUND_TRIP)) > 0;
        return stuck ? hidingFor.plus(lookingAwayFor) : hidingFor;
    }

    /** A busy journal always has events above the horizon; what counts is for how long one and the same stays there. */
    private void watchEnd(long last, long horizon) {
        long now = System.nanoTime();
        if (hidden < horizon) {
            hidden = 0;
        }
        if (hidden == 0 && last >= horizon) {
            hidden = last;
            hiddenSince = now;
        }
        sawEndAt = hidden == 0 ? now : hiddenSince;
        lookedAt = now;
        watch.hidden(Duration.ofNanos(now - sawEndAt));
    }

    private static Duration max(Duration one, Duration other) {
        return one.compareTo(other) > 0 ? one : other;
    }
}
