package io.ritsem.runtime.entity;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import io.ritsem.runtime.gateway.CommandOutcome.Accepted;
import io.ritsem.runtime.gateway.EntityState;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

/** What one release stored, read by the next, on a real journal. */
class EventVersionsTest {

    private final TestNode node = TestNode.onFreshDatabase();

    @BeforeEach void storeWithTheFirstRelease() {
        node.accepted(node.keyed("a", "pay", "{\"amount\":\"5\"}", "first"));
        node.accepted(node.command("a", "take", "{\"amount\":\"1\"}"));
        node.accepted(node.command("a", "pay", "{\"amount\":\"7\"}"));
        node.restart(new Purse.Bazaar());
    }

    @AfterEach void stop() {
        node.close();
    }

    @Test void recovery_folds_what_old_events_stand_for_and_goes_on_at_the_stored_version() {
        Accepted paid = node.accepted(node.command("a", "pay", "{\"amount\":\"2\"}"));

        assertThat(paid.version()).isEqualTo(4);
        assertThat(node.sequences("a")).containsExactly(1L, 2L, 3L, 4L);
        assertThat(json(node.await(node.gateway().state(node.id("a"), node.deadline()))))
                .isEqualTo("{\"money\":\"6\",\"lastCoin\":\"gold\",\"weighings\":1}");
        assertThat(node.manifests("a")).containsExactly("till.paid/1", "till.taken/1", "till.paid/1", "till.paid/2");
    }

    @Test void the_past_has_the_versions_of_the_stored_rows() {
        assertThat(json(past(1))).isEqualTo("{\"money\":\"5\",\"lastCoin\":\"?\",\"weighings\":0}");
        assertThat(json(past(2))).isEqualTo("{\"money\":\"4\",\"lastCoin\":\"?\",\"weighings\":1}");
        assertThat(json(past(3))).isEqualTo(json(past(2)));
        assertThat(past(3).version()).isEqualTo(3);
    }

    @Test void an_answer_that_is_given_again_shows_what_was_stored() {
        Accepted again = node.accepted(node.keyed("a", "pay", "{\"amount\":\"5\"}", "first"));

        assertThat(again.replayed()).isTrue();
        assertThat(again.version()).isEqualTo(1);
        assertThat(again.events()).singleElement().satisfies(event -> {
            assertThat(event.event()).isEqualTo("paid");
            assertThat(new String(event.data(), UTF_8)).isEqualTo("{\"amount\":\"5\"}");
        });
    }

    @Test void a_long_past_is_read_through_upcasters_by_recovery_and_by_history() {
        node.execute("""
                     INSERT INTO ritsem.event_journal (persistence_id, sequence_number, writer, event_ser_id,
                       event_ser_manifest, event_payload, partition, event_time, causation)
                     SELECT 'till|old', n, 'test', 0, (ARRAY['till.paid/1', 'till.taken/1'])[n % 2 + 1],
                       convert_to('{"amount":"' || n % 2 + 2 || '"}', 'UTF8'), 0, now(), gen_random_uuid()
                     FROM generate_series(1, 20000) AS n""");
        EntityState now = node.await(node.gateway().state(node.id("old"), node.deadline()));
        EntityState then = node.await(node.gateway().stateAt(node.id("old"), 20_000, node.deadline()));

        assertThat(now.version()).isEqualTo(20_000);
        assertThat(json(now)).isEqualTo("{\"money\":\"-10000\",\"lastCoin\":\"?\",\"weighings\":10000}");
        assertThat(json(then)).isEqualTo(json(now));
    }

    private EntityState past(long version) {
        return node.await(node.gateway().stateAt(node.id("a"), version, node.deadline()));
    }

    private static String json(EntityState state) {
        return new String(state.state(), UTF_8);
    }
}
