package io.ritsem.runtime.entity;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.stream.IntStream;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

import io.ritsem.runtime.gateway.CommandOutcome;
import io.ritsem.runtime.gateway.CommandOutcome.Accepted;
import io.ritsem.runtime.gateway.CommandRequest.Precondition;
import io.ritsem.runtime.gateway.EntityState;
import io.ritsem.runtime.journal.ConsistencyToken;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

/** An entity, spoken to through the gateway, on a real journal. */
class EntityTest {

    private static TestNode node;

    @BeforeAll static void start() {
        node = TestNode.onFreshDatabase();
    }

    @AfterAll static void stop() {
        node.close();
    }

    @Test void answers_with_what_it_stored() {
        Accepted accepted = node.accepted(node.command("till-1", "pay", "{\"amount\":\"12.50\"}"));

        assertThat(accepted.version()).isEqualTo(1);
        assertThat(accepted.events()).hasSize(1);
        assertThat(accepted.events().getFirst().event()).isEqualTo("paid");
        assertThat(text(accepted.events().getFirst().data())).isEqualTo("{\"amount\":\"12.50\"}");
        assertThat(text(accepted.reply())).isEqualTo("1");
        assertThat(accepted.token()).isNotNull();
        assertThat(accepted.replayed()).isFalse();
        assertThat(node.count("till-1")).isEqualTo(1);
    }

    @Test void tells_its_state_and_its_past() {
        for (int amount = 1; amount <= 5; amount++) {
            node.accepted(node.command("till-2", "pay", "{\"amount\":\"" + amount + "\"}"));
        }

        EntityState now = node.await(node.gateway().state(node.id("till-2"), node.deadline()));
        EntityState then = node.await(node.gateway().stateAt(node.id("till-2"), 3, node.deadline()));

        assertThat(now.version()).isEqualTo(5);
        assertThat(text(now.state())).isEqualTo("{\"money\":\"15\"}");
        assertThat(text(then.state())).isEqualTo("{\"money\":\"6\"}");
        assertThat(node.await(node.gateway().stateAt(node.id("till-2"), 6, node.deadline()))).isNull();
        assertThat(node.await(node.gateway().events(node.id("till-2"), 2, 2, node.deadline())).events())
                .extracting(event -> event.sequence())
                .containsExactly(3L, 4L);
    }

    @Test void a_key_has_one_effect_and_one_answer() {
        Accepted first = node.accepted(node.keyed("till-3", "pay", "{\"amount\":\"1.00\"}", "k"));
        node.accepted(node.keyed("till-3", "pay", "{\"amount\":\"2.00\"}", "l"));
        Accepted again = node.accepted(node.keyed("till-3", "pay", "{ \"amount\" : \"1.00\" }", "k"));

        assertThat(again.replayed()).isTrue();
        assertThat(again).usingRecursiveComparison().ignoringFields("replayed").isEqualTo(first);
        assertThat(node.count("till-3")).isEqualTo(2);
    }

    @Test void a_key_is_not_good_for_another_command() {
        node.accepted(node.keyed("till-4", "pay", "{\"amount\":\"1\"}", "k"));

        assertThat(node.outcome(node.keyed("till-4", "pay", "{\"amount\":\"2\"}", "k")))
                .isInstanceOf(CommandOutcome.KeyReused.class);
        assertThat(node.outcome(node.keyed("till-4", "take", "{\"amount\":\"1\"}", "k")))
                .isInstanceOf(CommandOutcome.KeyReused.class);
    }

    @Test void what_stored_nothing_leaves_its_key_unspent() {
        assertThat(node.outcome(node.keyed("till-5", "take", "{\"amount\":\"1\"}", "k")))
                .isInstanceOfSatisfying(CommandOutcome.Rejected.class, rejected -> {
                    assertThat(rejected.code()).isEqualTo("too-little");
                    assertThat(text(rejected.details())).isEqualTo("{\"money\":\"0\"}");
                });
        assertThat(node.accepted(node.keyed("till-5", "count", "{}", "k")).token()).isNull();
        node.accepted(node.command("till-5", "pay", "{\"amount\":\"3\"}"));

        assertThat(node.accepted(node.keyed("till-5", "take", "{\"amount\":\"1\"}", "k")).replayed()).isFalse();
    }

    @Test void what_stores_nothing_and_a_read_tell_the_place_of_the_latest_event() {
        assertThat(state("till-14").token()).isNull();
        ConsistencyToken latest = node.accepted(node.command("till-14", "pay", "{\"amount\":\"3\"}")).token();

        assertThat(node.accepted(node.command("till-14", "count", "{}")).token()).isEqualTo(latest);
        assertThat(state("till-14").token()).isEqualTo(latest);
        assertThat(node.accepted(node.dryRun("till-14", "count", "{}")).token()).isNull();

        node.restart();

        assertThat(state("till-14").token()).isEqualTo(latest);
        assertThat(node.accepted(node.keyed("till-14", "count", "{}", "k")).token()).isEqualTo(latest);
    }

    @Test void what_is_answered_within_a_batch_has_the_place_of_its_own_version() {
        List<CompletionStage<CommandOutcome>> paid = new ArrayList<>();
        List<CompletionStage<CommandOutcome>> counted = new ArrayList<>();
        List<CompletionStage<EntityState>> read = new ArrayList<>();
        for (int i = 0; i < 150; i++) {
            paid.add(node.gateway().submit(node.command("till-15", "pay", "{\"amount\":\"1\"}")));
            counted.add(node.gateway().submit(node.command("till-15", "count", "{}")));
            read.add(node.gateway().state(node.id("till-15"), node.deadline()));
        }

        Map<Long, ConsistencyToken> places = new HashMap<>();
        paid.stream()
                .map(node::await)
                .map(Accepted.class::cast)
                .forEach(each -> places.put(each.version(), each.token()));
        assertThat(places).hasSize(150);
        assertThat(counted).map(node::await)
                .map(Accepted.class::cast)
                .allSatisfy(each -> assertThat(each.token()).isEqualTo(places.get(each.version())));
        assertThat(read).map(node::await)
                .allSatisfy(each -> assertThat(each.token()).isEqualTo(places.get(each.version())));
    }

    @Test void keeps_to_the_precondition() {
        assertThat(node.outcome(node.expecting("till-6", new Precondition.Version(1))))
                .isEqualTo(new CommandOutcome.VersionMismatch(0));
        node.accepted(node.expecting("till-6", new Precondition.Absent()));

        assertThat(node.outcome(node.expecting("till-6", new Precondition.Absent())))
                .isEqualTo(new CommandOutcome.VersionMismatch(1));
        node.accepted(node.expecting("till-6", new Precondition.Version(1)));
        assertThat(node.count("till-6")).isEqualTo(2);
    }

    @Test void a_dry_run_shows_and_stores_nothing() {
        Accepted shown = node.accepted(node.dryRun("till-7", "pay", "{\"amount\":\"1\"}"));

        assertThat(shown.version()).isZero();
        assertThat(shown.events().getFirst().sequence()).isEqualTo(1);
        assertThat(text(shown.state())).isEqualTo("{\"money\":\"1\"}");
        assertThat(shown.token()).isNull();
        assertThat(node.count("till-7")).isZero();
    }

    @Test void stores_all_events_of_a_command_or_none() {
        Accepted split = node.accepted(node.keyed("till-8", "split", "{\"amount\":\"1\",\"parts\":3}", "k"));
        Accepted again = node.accepted(node.keyed("till-8", "split", "{\"amount\":\"1\",\"parts\":3}", "k"));

        assertThat(split.events()).extracting(event -> event.sequence()).containsExactly(1L, 2L, 3L);
        assertThat(again).usingRecursiveComparison().ignoringFields("replayed").isEqualTo(split);
    }

    @Test void tells_all_that_is_wrong_with_a_body() {
        assertThat(node.outcome(node.command("till-9", "split", "{\"amount\":1,\"pieces\":2}")))
                .isInstanceOfSatisfying(CommandOutcome.Invalid.class, invalid -> assertThat(invalid.violations())
                        .extracting(violation -> violation.pointer())
                        .contains("/amount", "/parts", "/pieces"));
        assertThat(node.outcome(node.command("till-9", "pai", "{}")))
                .isInstanceOf(CommandOutcome.UnknownCommand.class);
    }

    @Test void a_decision_that_throws_stores_nothing_and_hurts_nobody() {
        CompletionStage<CommandOutcome> bug = node.gateway().submit(node.command("till-10", "explode", "{}"));
        CompletionStage<CommandOutcome> good = node.gateway()
                .submit(node.command("till-10", "pay", "{\"amount\":\"1\"}"));

        assertThat(node.await(bug)).isInstanceOf(CommandOutcome.Failed.class);
        assertThat(node.await(good)).isInstanceOf(Accepted.class);
        assertThat(node.count("till-10")).isEqualTo(1);
    }

    @Test void does_not_decide_past_the_deadline() {
        assertThat(node.outcome(node.due("till-11", Duration.ofMillis(-1))))
                .isEqualTo(new CommandOutcome.Unavailable("deadline-passed"));
        assertThat(node.count("till-11")).isZero();
    }

    @Test void a_hot_entity_takes_many_callers_without_gaps() {
        List<CompletableFuture<CommandOutcome>> all = new ArrayList<>();
        for (int i = 0; i < 400; i++) {
            all.add(node.gateway()
                    .submit(node.keyed("till-12", "pay", "{\"amount\":\"1\"}", "k" + i))
                    .toCompletableFuture());
        }

        List<Long> versions = all.stream()
                .map(node::await)
                .map(outcome -> ((Accepted) outcome).version())
                .sorted()
                .toList();

        assertThat(versions).containsExactlyElementsOf(IntStream.rangeClosed(1, 400).mapToObj(Long::valueOf).toList());
        assertThat(node.sequences("till-12")).isEqualTo(versions);
    }

    @Test void the_same_key_at_the_same_time_has_one_effect() {
        List<CompletableFuture<CommandOutcome>> all = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            all.add(node.gateway()
                    .submit(node.keyed("till-13", "pay", "{\"amount\":\"1\"}", "k"))
                    .toCompletableFuture());
        }

        List<Accepted> answers = all.stream().map(node::await).map(Accepted.class::cast).toList();

        assertThat(answers).filteredOn(Accepted::replayed).hasSize(19);
        assertThat(answers).extracting(Accepted::version).containsOnly(1L);
        assertThat(node.count("till-13")).isEqualTo(1);
    }

    private static EntityState state(String till) {
        return node.await(node.gateway().state(node.id(till), node.deadline()));
    }

    private static String text(byte[] json) {
        return new String(json, UTF_8);
    }
}
