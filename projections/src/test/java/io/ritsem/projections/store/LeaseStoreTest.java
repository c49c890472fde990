package io.ritsem.projections.store;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import io.ritsem.projections.Jars;
import io.ritsem.projections.TestJournal;
import io.ritsem.runtime.application.ApplicationModel;
import io.ritsem.runtime.journal.Position;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

class LeaseStoreTest {

    private static final Duration LONG = Duration.ofMinutes(1);
    private static final Duration SHORT = Duration.ofMillis(1);

    private final TestJournal journal = new TestJournal();
    private final ViewStore store = new ViewStore(journal.dataSource(), LONG, 2);
    private final ViewVersion version = ViewVersion.of(ApplicationModel.of(new Jars()).views().getFirst());
    private ViewTable<?> table;

    @BeforeEach void prepare() throws Exception {
        table = new Generations(journal.dataSource(), 1, TestJournal.PARTITIONS)
                .prepare(version.definition())
                .table();
    }

    @AfterEach void close() {
        journal.close();
    }

    private LeaseStore node(String name, Duration lease) {
        return new LeaseStore(journal.dataSource(), name, lease);
    }

    private Map<Integer, Lease> keep(LeaseStore node) throws Exception {
        return node.keep(Map.of(table.id(), version)).getOrDefault(table.id(), Map.of());
    }

    @Test void claims_what_is_free_and_nothing_that_is_held() throws Exception {
        assertThat(keep(node("a", LONG))).containsOnlyKeys(0, 1, 2, 3);
        assertThat(keep(node("b", LONG))).isEmpty();
    }

    @Test void keeps_its_epoch_when_it_renews() throws Exception {
        LeaseStore node = node("a", LONG);
        Map<Integer, Lease> first = keep(node);
        assertThat(keep(node)).isEqualTo(first);
        assertThat(node.held(table.id())).isEqualTo(first);
    }

    @Test void a_lease_that_ran_out_goes_to_another_who_then_excludes_the_former() throws Exception {
        Map<Integer, Lease> former = keep(node("a", SHORT));
        LeaseStore second = node("b", LONG);
        await().atMost(Duration.ofSeconds(10)).until(() -> keep(second).size() == TestJournal.PARTITIONS);
        Lease lost = former.get(2);
        assertThat(second.held(table.id()).get(2).epoch()).isEqualTo(lost.epoch() + 1);
        assertThat(move(lost, new Position(5, 5))).isFalse();
        assertThat(store.cursors(table)).containsEntry(2, Position.START);
        assertThat(move(second.held(table.id()).get(2), new Position(5, 5))).isTrue();
        assertThat(store.cursors(table)).containsEntry(2, new Position(5, 5));
    }

    @Test void what_is_released_is_free_at_once() throws Exception {
        LeaseStore first = node("a", LONG);
        keep(first);
        first.release();
        assertThat(keep(node("b", LONG))).hasSize(TestJournal.PARTITIONS);
    }

    @Test void a_node_that_was_killed_takes_over_from_itself_at_once() throws Exception {
        Map<Integer, Lease> before = keep(node("a", LONG));
        LeaseStore again = node("a", LONG);
        again.forgetEarlierRuns();
        assertThat(keep(again)).allSatisfy(
                (partition, lease) -> assertThat(lease.epoch()).isGreaterThan(before.get(partition).epoch()));
    }

    @Test void what_troubles_an_owner_stays_while_it_renews_and_is_no_trouble_of_the_next() throws Exception {
        LeaseStore first = node("a", LONG);
        keep(first);
        store.trouble(table, List.of(1, 2), "no, not that");
        keep(first);
        assertThat(troubled()).isEqualTo(2);
        first.release();
        keep(node("b", LONG));
        assertThat(troubled()).isZero();
    }

    private long troubled() throws Exception {
        return journal.number("SELECT count(*) FROM ritsem.view_cursor WHERE trouble IS NOT NULL");
    }

    @Test void nodes_that_claim_at_the_same_time_share_without_overlap() throws Exception {
        try (ExecutorService threads = Executors.newFixedThreadPool(4)) {
            List<LeaseStore> nodes = new ArrayList<>();
            for (int i = 0; i < 4; i++) {
                nodes.add(node("node-" + i, LONG));
            }
            List<Integer> all = new ArrayList<>();
            // The first round makes all of them known to each other, the second gives up, the third takes.
            for (int round = 1; round <= 3; round++) {
                all.clear();
                List<Callable<Set<Integer>>> claims = new ArrayList<>();
                nodes.forEach(node -> claims.add(() -> keep(node).keySet()));
                for (var claimed : threads.invokeAll(claims)) {
                    all.addAll(claimed.get(20, TimeUnit.SECONDS));
                }
            }
            assertThat(all).containsExactlyInAnyOrder(0, 1, 2, 3);
            for (LeaseStore node : nodes) {
                assertThat(node.held(table.id())).hasSize(1);
            }
        }
    }

    @Test void one_cursor_that_stands_elsewhere_fails_the_whole_move() throws Exception {
        Map<Integer, Lease> leases = keep(node("a", LONG));
        assertThat(move(leases.get(1), new Position(9, 1))).isTrue();
        List<CursorMove> moves = List.of(moveOf(leases.get(0), new Position(9, 2)),
                moveOf(leases.get(1), new Position(9, 2)));
        assertThat(store.commit(table, moves, List.of())).isFalse();
        assertThat(store.cursors(table)).containsEntry(0, Position.START).containsEntry(1, new Position(9, 1));
    }

    private boolean move(Lease lease, Position to) throws Exception {
        return store.commit(table, List.of(moveOf(lease, to)), List.of());
    }

    private static CursorMove moveOf(Lease lease, Position to) {
        return new CursorMove(lease.partition(), lease.epoch(), lease.position(), to, 0);
    }
}
