package io.ritsem.projections;

import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;

import io.ritsem.projections.Jars.Colour;
import io.ritsem.projections.Jars.Content;
import io.ritsem.projections.Jars.Event.Filled;
import io.ritsem.projections.TestJournal.Written;
import io.ritsem.projections.engine.DeadLetters.Action.Retry;
import io.ritsem.projections.engine.DeadLetters.Letter;
import io.ritsem.projections.engine.DeadLetters.Line;
import io.ritsem.projections.engine.DeadLetters.Mended;
import io.ritsem.projections.store.ParkedKey;
import io.ritsem.runtime.journal.EntityId;

import static io.ritsem.projections.FragileJars.COLOURS;
import static io.ritsem.projections.FragileJars.CONTENTS;
import static io.ritsem.projections.TestJournal.event;
import static io.ritsem.projections.TestJournal.partitionOf;
import static org.assertj.core.api.Assertions.assertThat;

/** What tests of dead letters share: jars whose handlers choke on {@link Poison}, and the fold of what was written. */
abstract class PoisonedJars {

    static final Duration SOON = Duration.ofSeconds(20);
    static final Retry RETRY = new Retry("it is mended");
    static final EntityId JAR_A = new EntityId("jar", "a");

    final TestJournal journal = new TestJournal();
    final Map<String, Content> contents = new TreeMap<>(); // the fold
    final Map<String, Colour> colours = new TreeMap<>();
    private final Map<Integer, Long> written = new HashMap<>(); // by partition
    private final HushedLog hush = new HushedLog("io.ritsem.projections.engine");

    @BeforeEach void heal() {
        Poison.heal();
    }

    @AfterEach void close() {
        Poison.heal();
        journal.close();
        hush.close();
    }

    RunningNode node() throws Exception {
        return new RunningNode(journal, new FragileJars()).ready();
    }

    Written fill(String jar, String colour, long marbles) {
        contents.merge(jar, new Content(marbles, 1), PoisonedJars::sum);
        for (String row : List.of(colour, "all")) {
            colours.merge(row, new Colour(marbles, 1), PoisonedJars::sum);
        }
        return event("jar", jar, new Filled(colour, marbles));
    }

    private static Content sum(Content one, Content other) {
        return new Content(one.marbles() + other.marbles(), one.fillings() + other.fillings());
    }

    private static Colour sum(Colour one, Colour other) {
        return new Colour(one.marbles() + other.marbles(), one.fillings() + other.fillings());
    }

    void write(Written... events) throws Exception {
        long transaction = journal.write(events);
        for (Written event : events) {
            written.put(partitionOf(event.type(), event.id()), transaction);
        }
    }

    void awaitAll(RunningNode node, String... views) throws Exception {
        for (String view : views) {
            assertThat(node.progress(view).awaitPassed(written, SOON)).as(view).isTrue();
        }
    }

    Map<String, Content> contents(RunningNode node) throws Exception {
        return journal.rows(node.table(CONTENTS));
    }

    Map<String, Colour> colours(RunningNode node) throws Exception {
        return journal.rows(node.table(COLOURS));
    }

    static List<Mended> retry(RunningNode node, String view, ParkedKey key) {
        return node.projections.deadLetters().mend(view, key, RETRY, SOON);
    }

    static List<ParkedKey> parked(RunningNode node, String view) {
        return node.projections.deadLetters().list(view, null, 2_000).stream().map(Line::key).toList();
    }

    static List<Letter> letters(RunningNode node, String view, ParkedKey key) {
        return node.projections.deadLetters()
                .inspect(view, key, 1_000)
                .stream()
                .flatMap(waiting -> waiting.first().stream())
                .toList();
    }
}
