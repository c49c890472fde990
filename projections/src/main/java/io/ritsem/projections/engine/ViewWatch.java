package io.ritsem.projections.engine;

import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import io.ritsem.projections.engine.ViewReport.Build;
import io.ritsem.projections.engine.ViewReport.Condition;
import io.ritsem.projections.engine.ViewReport.PartitionReport;
import io.ritsem.projections.store.Generation;
import io.ritsem.projections.store.GenerationId;
import io.ritsem.projections.store.ViewCensus;
import io.ritsem.projections.store.ViewCensus.Counted;
import io.ritsem.projections.store.ViewCensus.CountedCursor;
import io.ritsem.projections.store.ViewTable;
import io.ritsem.runtime.gateway.UnavailableException;
import io.ritsem.runtime.journal.JournalBacklog;
import io.ritsem.runtime.journal.JournalBacklog.Backlog;
import io.ritsem.runtime.journal.JournalBacklog.Place;
import io.ritsem.runtime.journal.JournalReader;
import io.ritsem.runtime.journal.JournalUnreadableException;
import io.ritsem.runtime.journal.Position;

/**
 * Measures how far all views are behind the journal's real end, whoever follows them: a tail that is dead says that
 * nothing is wrong. Looks every second on a thread of its own, and whenever it is asked. Thread-safe.
 */
public final class ViewWatch implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(ViewWatch.class);
    private static final Duration EVERY = Duration.ofSeconds(1);
    /** What is younger is on its way. */
    private static final Duration USUAL = Duration.ofSeconds(2);
    private static final int REMEMBERED = 10;

    private final ViewCensus census;
    private final JournalBacklog backlog;
    private final JournalReader journal;
    private final KnownViews views;
    private final ScheduledExecutorService clock = Executors
            .newSingleThreadScheduledExecutor(Thread.ofPlatform().name("ritsem-view-watch").daemon().factory());
    private final Map<GenerationId, List<Seen>> seen = new HashMap<>(); // guarded by this
    private boolean inTrouble; // the clock's thread only

    /**
     * What a generation was like: when, how many events it had gone past, whether it was to stand still for a moment, and
     * where its cursors stood.
     */
    private record Seen(long at, long events, boolean still, Map<Integer, Position> cursors) {}

    public ViewWatch(ViewCensus census, JournalBacklog backlog, JournalReader journal, KnownViews views) {
        this.census = census;
        this.backlog = backlog;
        this.journal = journal;
        this.views = views;
    }

    /** Begins to look. */
    public void start() {
        var _ = clock.scheduleWithFixedDelay(this::observe, EVERY.toMillis(), EVERY.toMillis(), TimeUnit.MILLISECONDS);
    }

    private void observe() {
        try {
            List<Counted> all = census.take();
            remember(all);
            backlogs(all.stream()
                    .filter(counted -> isOurs(counted) && counted.generation().state() == Generation.State.SERVING)
                    .toList()).forEach(views::observed);
            inTrouble = false;
        } catch (SQLException | RuntimeException | Error e) { // whatever is thrown would end the looking
            if (!inTrouble) {
                LOG.warn("How fresh views are cannot be measured now: {}", e.toString());
            }
            inTrouble = true;
        }
    }

    private synchronized void remember(List<Counted> all) {
        seen.keySet().retainAll(all.stream().map(counted -> counted.generation().id()).toList());
        for (Counted counted : all) {
            List<Seen> past = seen.computeIfAbsent(counted.generation().id(), _ -> new ArrayList<>());
            Map<Integer, Position> cursors = new HashMap<>();
            counted.cursors().forEach(cursor -> cursors.put(cursor.partition(), cursor.position()));
            past.add(new Seen(System.nanoTime(), events(counted), counted.generation().still(), cursors));
            if (past.size() > REMEMBERED) {
                past.removeFirst();
            }
        }
    }

    private static long events(Counted counted) {
        return counted.cursors().stream().mapToLong(CountedCursor::events).sum();
    }

    private boolean isOurs(Counted counted) {
        return views.knows(counted.generation().id().view(), counted.fingerprint());
    }

    /** By generation and partition of the journal; what is not there has no backlog. One query for all. */
    private Map<GenerationId, Map<Integer, Backlog>> backlogs(List<Counted> all) {
        List<GenerationId> whose = new ArrayList<>();
        List<Place> places = new ArrayList<>();
        for (Counted counted : all) {
            for (Place place : places(counted)) {
                whose.add(counted.generation().id());
                places.add(place);
            }
        }
        Map<GenerationId, Map<Integer, Backlog>> backlogs = new HashMap<>();
        all.forEach(counted -> backlogs.put(counted.generation().id(), new HashMap<>()));
        List<Optional<Backlog>> beyond = places.isEmpty() ? List.of() : backlog.beyond(places);
        for (int i = 0; i < places.size(); i++) {
            Map<Integer, Backlog> ofGeneration = Objects.requireNonNull(backlogs.get(whose.get(i)));
            int partition = places.get(i).partition();
            beyond.get(i).ifPresent(found -> ofGeneration.put(partition, found));
        }
        return backlogs;
    }

    private List<Place> places(Counted counted) {
        @Nullable List<String> types = views.follows(counted.generation().id().view());
        List<Place> places = new ArrayList<>();
        for (CountedCursor cursor : counted.cursors()) {
            if (cursor.partition() == ViewTable.ALL_PARTITIONS) {
                IntStream.range(0, journal.info().partitions())
                        .forEach(partition -> places.add(new Place(partition, cursor.position(), types)));
            } else {
                places.add(new Place(cursor.partition(), cursor.position(), types));
            }
        }
        return places;
    }

    /**
     * How all generations of all views are doing now.
     *
     * @throws UnavailableException if the database does not answer
     */
    public List<ViewReport> look() {
        try {
            List<Counted> all = census.take();
            Map<GenerationId, Long> deadLetters = census.deadLetters();
            Map<GenerationId, Map<Integer, Backlog>> backlogs = backlogs(
                    all.stream().filter(counted -> !isBeingBuilt(counted)).toList());
            return all.stream()
                    .map(counted -> report(counted, backlogs.getOrDefault(counted.generation().id(), Map.of()),
                            deadLetters.getOrDefault(counted.generation().id(), 0L)))
                    .toList();
        } catch (SQLException | JournalUnreadableException away) {
            throw ReadFailure.of(away);
        }
    }

    private static boolean isBeingBuilt(Counted counted) {
        return counted.generation().state() == Generation.State.BUILDING;
    }

    private ViewReport report(Counted counted, Map<Integer, Backlog> backlogs, long deadLetters) {
        List<PartitionReport> partitions = new ArrayList<>();
        for (CountedCursor cursor : counted.cursors()) {
            partitions.add(partition(counted, cursor, backlogs));
        }
        @Nullable Build build = isBeingBuilt(counted) ? build(counted) : null;
        Condition worst = partitions.stream()
                .map(PartitionReport::condition)
                .max(Comparator.naturalOrder())
                .orElse(Condition.UNOWNED);
        Duration lag = partitions.stream()
                .map(PartitionReport::lag)
                .max(Comparator.naturalOrder())
                .orElse(Duration.ZERO);
        long behind = build == null ? partitions.stream().mapToLong(PartitionReport::behind).sum()
                : Math.max(0, build.expected() - build.events());
        return new ViewReport(counted.generation(), isOurs(counted), counted.createdAt(), counted.servedAt(), worst,
                lag, behind, deadLetters, build, partitions);
    }

    private PartitionReport partition(Counted counted, CountedCursor cursor, Map<Integer, Backlog> backlogs) {
        List<Backlog> waiting = cursor.partition() == ViewTable.ALL_PARTITIONS
                ? List.copyOf(backlogs.values())
                : Optional.ofNullable(backlogs.get(cursor.partition())).stream().toList();
        Duration lag = waiting.stream()
                .map(Backlog::since)
                .min(Comparator.naturalOrder())
                .map(since -> Duration.between(since, Instant.now()))
                .filter(age -> !age.isNegative())
                .orElse(Duration.ZERO);
        long behind = waiting.stream().mapToLong(Backlog::events).sum();
        return new PartitionReport(cursor.partition(), condition(counted, cursor, waiting, lag), lag, behind,
                cursor.node(), cursor.trouble());
    }

    private Condition condition(Counted counted, CountedCursor cursor, List<Backlog> waiting, Duration lag) {
        if (cursor.trouble() != null) {
            return Condition.FAILING;
        } else if (counted.generation().paused()) {
            return Condition.PAUSED;
        } else if (!cursor.owned()) {
            return Condition.UNOWNED;
        } else if (isBeingBuilt(counted)) {
            return Condition.BUILDING;
        } else if (lag.compareTo(USUAL) < 0) {
            return Condition.FOLLOWING;
        } else if (waiting.stream().allMatch(Backlog::hidden)) {
            return Condition.HELD_BACK;
        }
        boolean moves = counted.generation().still() || hasMoved(counted.generation().id(), cursor);
        return moves ? Condition.BEHIND : Condition.STALLED;
    }

    /** Or was not to move until a moment ago. */
    private synchronized boolean hasMoved(GenerationId generation, CountedCursor cursor) {
        long lately = System.nanoTime() - USUAL.plus(EVERY).toNanos();
        return seen.getOrDefault(generation, List.of())
                .stream()
                .filter(past -> past.at() - lately > 0)
                .anyMatch(past -> past.still() || !cursor.position().equals(past.cursors().get(cursor.partition())));
    }

    private Build build(Counted counted) {
        long events = events(counted);
        long expected = Math.max(events, journal.countAfter(Position.START));
        long rate = rate(counted.generation().id(), events);
        @Nullable Duration toGo = rate == 0 ? null : Duration.ofSeconds((expected - events) / rate);
        return new Build(events, expected, rate, toGo);
    }

    private synchronized long rate(GenerationId generation, long events) {
        List<Seen> past = seen.getOrDefault(generation, List.of());
        if (past.isEmpty()) {
            return 0;
        }
        double seconds = Math.max(0.001, (System.nanoTime() - past.getFirst().at()) / 1e9);
        return Math.max(0, Math.round((events - past.getFirst().events()) / seconds));
    }

    @Override public void close() {
        clock.shutdownNow();
    }
}
