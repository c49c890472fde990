package io.ritsem.projections;

import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

import org.junit.jupiter.api.Test;

import io.ritsem.projections.Jars.Content;
import io.ritsem.projections.Jars.Event.Broken;
import io.ritsem.projections.Jars.Event.Filled;
import io.ritsem.projections.TestJournal.Written;
import io.ritsem.projections.engine.DeadLetters.Action.Retry;
import io.ritsem.projections.engine.DeadLetters.Line;
import io.ritsem.projections.engine.DeadLetters.Mended;
import io.ritsem.projections.engine.DeadLetters.Waiting;
import io.ritsem.projections.engine.ViewStatus.State;
import io.ritsem.projections.store.ParkedKey;

import static io.ritsem.projections.FragileJars.COLOURS;
import static io.ritsem.projections.FragileJars.CONTENTS;
import static io.ritsem.projections.TestJournal.event;
import static io.ritsem.projections.TestJournal.partitionOf;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

/** How many keys may wait, and what is asked of those who look at them. */
class DeadLetterBoundsTest extends PoisonedJars {

    @Test void a_thousand_keys_are_parked_and_one_more_stops_the_view_before_its_event() throws Exception {
        long more;
        try (RunningNode node = node()) {
            Poison.events(_ -> true);
            write(IntStream.range(0, 1_000)
                    .mapToObj(i -> event("jar", "jar-" + i, new Filled("red", 1)))
                    .toArray(Written[]::new));
            awaitAll(node, CONTENTS);
            assertThat(node.projections.deadLetters().list(CONTENTS, null, 2_000)).hasSize(1_000);
            more = journal.write(event("jar", "one-more", new Broken()));
            await().atMost(SOON).until(() -> node.status(CONTENTS).state() == State.STOPPED);
            assertThat(node.status(CONTENTS).failure()).contains(CONTENTS, "1,001", "no, not one-more at 1");
            assertThat(node.passes(CONTENTS, partitionOf("jar", "one-more"), more, Duration.ZERO)).isFalse();
            assertThat(journal.number("SELECT count(*) FROM ritsem.dead_letter WHERE view = '" + CONTENTS + "'"))
                    .isEqualTo(1_000);
            assertThat(node.progress(CONTENTS).stopped()).isTrue();
        }
        Poison.heal();
        // As when somebody retries an entity whose events then wait for rows: that alone does not stop a view.
        journal.execute(
                "INSERT INTO ritsem.dead_letter SELECT (jsonb_populate_record(d, '{\"key\": \"of a retry\"}')).*"
                        + " FROM ritsem.dead_letter d WHERE view = '" + CONTENTS + "' LIMIT 1");
        try (RunningNode node = node()) {
            assertThat(node.passes(CONTENTS, partitionOf("jar", "one-more"), more, SOON)).isTrue();
            assertThat(node.status(CONTENTS).state()).isEqualTo(State.RUNNING);
            assertThat(parked(node, CONTENTS)).hasSize(1_001);
        }
    }

    @Test void a_reason_is_needed() {
        for (String reason : List.of("", "  ", "x".repeat(501), "\0")) {
            assertThatThrownBy(() -> new Retry(reason)).isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("1 to 500 characters");
        }
    }

    @Test void the_list_goes_from_page_to_page_over_all_views() throws Exception {
        Poison.events(_ -> true);
        try (RunningNode node = node()) {
            write(IntStream.range(0, 7).mapToObj(i -> fill("jar-" + i, "red", 1)).toArray(Written[]::new));
            awaitAll(node, CONTENTS, COLOURS);
            List<String> seen = new ArrayList<>();
            List<Line> page = node.projections.deadLetters().list(null, null, 3);
            while (!page.isEmpty()) {
                page.forEach(line -> seen.add(line.view() + ' ' + line.key()));
                assertThat(page.getFirst().first().event().manifest().event()).isEqualTo("filled");
                page = node.projections.deadLetters().list(null, page.getLast().place(), 3);
            }
            assertThat(seen).hasSize(14).doesNotHaveDuplicates().isSorted();
        }
    }

    @Test void large_letters_are_read_some_at_a_time_and_none_is_left_out() throws Exception {
        int letters = 20;
        byte[] large = ("{\"colour\":\"red\",\"marbles\":1" + " ".repeat((1 << 20) - 40) + "}").getBytes(UTF_8);
        Poison.events(_ -> true);
        try (RunningNode node = node()) {
            for (int i = 0; i < letters; i++) {
                write(new Written("jar", "a", "filled", large), new Written("jar", "jar-" + i, "filled", large));
            }
            awaitAll(node, CONTENTS, COLOURS);
            List<Line> all = new ArrayList<>();
            List<Line> page = node.projections.deadLetters().list(null, null, 100);
            while (!page.isEmpty()) {
                assertThat(page).hasSizeLessThan(letters);
                all.addAll(page);
                page = node.projections.deadLetters().list(null, page.getLast().place(), 100);
            }
            assertThat(all).extracting(line -> line.view() + ' ' + line.key())
                    .hasSize(2 * (letters + 1))
                    .doesNotHaveDuplicates();
            ParkedKey key = ParkedKey.row("a");
            Waiting waiting = node.projections.deadLetters().inspect(CONTENTS, key, 100).getFirst();
            assertThat(waiting.events()).isEqualTo(letters);
            assertThat(waiting.first()).hasSizeBetween(1, letters / 2)
                    .extracting(letter -> letter.event().sequence())
                    .isSorted()
                    .startsWith(1L);
            Poison.heal();
            assertThat(retry(node, CONTENTS, key)).containsExactly(new Mended(1, letters, 0, null));
            assertThat(contents(node)).isEqualTo(Map.of("a", new Content(letters, letters)));
        }
    }

    @Test void edited_events_count_as_what_is_read() throws Exception {
        Poison.events(_ -> true);
        try (RunningNode node = node()) {
            for (int i = 0; i < 20; i++) {
                write(fill("a", "red", 1), fill("jar-" + i, "red", 1));
            }
            awaitAll(node, CONTENTS);
            journal.execute("UPDATE ritsem.dead_letter SET edited = convert_to(repeat('x', 1000000), 'UTF8')");
            assertThat(letters(node, CONTENTS, ParkedKey.row("a"))).hasSizeBetween(1, 10);
            assertThat(parked(node, CONTENTS)).hasSizeBetween(1, 10);
        }
    }

    @Test void an_audit_that_cannot_be_read_is_called_a_bug_and_no_absent_database() throws Exception {
        try (RunningNode node = node()) {
            assertThat(node.projections.control().audit(Long.MAX_VALUE, 1)).isEmpty();
            journal.execute("ALTER TABLE ritsem.audit RENAME TO gone");
            assertThatThrownBy(() -> node.projections.control().audit(Long.MAX_VALUE, 1))
                    .isInstanceOf(IllegalStateException.class)
                    .hasRootCauseInstanceOf(SQLException.class);
        }
    }
}
