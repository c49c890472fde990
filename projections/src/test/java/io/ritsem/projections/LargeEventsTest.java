package io.ritsem.projections;

import java.time.Duration;
import java.util.Arrays;
import java.util.Map;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import io.ritsem.projections.Jars.Colour;
import io.ritsem.projections.Jars.Content;
import io.ritsem.projections.TestJournal.Written;

import static io.ritsem.projections.TestJournal.partitionOf;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

/** Events that are so large that a read brings fewer than it may, one after the other and in one transaction. */
class LargeEventsTest {

    private static final Duration SOON = Duration.ofSeconds(20);
    private static final int MANY = 20;
    private static final byte[] JSON = ("{\"colour\":\"red\",\"marbles\":1" + " ".repeat((1 << 20) - 40) + "}")
            .getBytes(UTF_8);

    private TestJournal journal;

    @BeforeEach void open() {
        journal = new TestJournal();
    }

    @AfterEach void close() {
        journal.close();
    }

    @Test void reach_a_view_that_is_built_and_one_that_follows() throws Exception {
        for (int event = 0; event < MANY; event++) {
            journal.write(filled(event % 2 == 0 ? "a" : "b"));
        }
        try (RunningNode node = new RunningNode(journal, new Jars()).ready()) {
            assertThat(journal.rows(node.table("contents"))).isEqualTo(
                    Map.of("a", new Content(MANY / 2, MANY / 2), "b", new Content(MANY / 2, MANY / 2)));

            Written[] together = new Written[MANY];
            Arrays.fill(together, filled("a"));
            long last = journal.write(together);

            for (String view : new String[]{"contents", "colours"}) {
                assertThat(node.passes(view, partitionOf("jar", "a"), last, SOON)).isTrue();
            }
            assertThat(journal.rows(node.table("contents"))).containsEntry("a",
                    new Content(MANY * 3 / 2, MANY * 3 / 2));
            assertThat(journal.rows(node.table("colours"))).isEqualTo(Map.of("red", new Colour(2 * MANY, 2 * MANY)));
        }
    }

    private static Written filled(String jar) {
        return new Written("jar", jar, "filled", JSON);
    }
}
