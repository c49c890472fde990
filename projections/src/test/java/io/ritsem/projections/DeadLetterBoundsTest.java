package io.ritsem.projections;

import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

import org.junit.jupiter.api.Test;

import io.ritsem.projections.Jars.Event.Broken;
import io.ritsem.projections.Jars.Event.Filled;
import io.ritsem.projections.TestJournal.Written;
import io.ritsem.projections.engine.DeadLetters.Action.Retry;
import io.ritsem.projections.engine.DeadLetters.Line;
import io.ritsem.projections.engine.ViewStatus.State;

import static io.ritsem.projections.FragileJars.COLOURS;
import static io.ritsem.projections.FragileJars.CONTENTS;
import static io.ritsem.projections.TestJournal.event;
import static io.ritsem.projections.TestJournal.partitionOf;
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
