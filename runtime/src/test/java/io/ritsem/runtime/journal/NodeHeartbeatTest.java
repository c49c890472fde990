package io.ritsem.runtime.journal;

import java.io.IOException;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.postgresql.ds.PGSimpleDataSource;

import io.ritsem.domain.Application;
import io.ritsem.runtime.application.ApplicationModel;
import io.ritsem.runtime.entity.LoggedBugs;
import io.ritsem.runtime.entity.Till;
import io.ritsem.runtime.journal.JournalWriteException.NotReadableByAll;

import static io.ritsem.runtime.journal.TestJournal.event;
import static io.ritsem.runtime.journal.TestJournal.failure;
import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/** Nodes at work, what they can read, and what is not stored because of that. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class NodeHeartbeatTest {

    private static final EventManifest PAID = new EventManifest("till", "paid", 1);
    private static final EventManifest NEWER = new EventManifest("till", "paid", 2);

    private static final Duration STEADY = Duration.ofSeconds(12);

    private static final String REFUSAL = "Nodes are at work that cannot read till.paid/2 (SELECT process FROM ritsem.node "
            + "tells which): it is stored once a release that reads it has replaced them";

    private final TestJournal journal = TestJournal.onFreshDatabase();

    @AfterEach void clear() throws SQLException {
        journal.clear();
        journal.execute("TRUNCATE ritsem.event_type, ritsem.node, ritsem.given_up");
    }

    @AfterAll void close() {
        journal.close();
    }

    @Test void what_a_node_at_work_cannot_read_is_not_stored_until_it_is_gone() throws SQLException {
        JournalLane lane = journal.lane();
        try (NodeHeartbeat older = start(new Till.Shop())) {
            assertThat(older.hasWrittenLately()).isTrue();
            List<CompletableFuture<Void>> writes = List.of(lane.write(List.of(event(PAID, "till|a", 1))),
                    lane.write(List.of(event(NEWER, "till|b", 1))), lane.write(List.of(event(PAID, "till|c", 1))));

            assertThat(failure(writes.get(0))).isNull();
            assertThat(failure(writes.get(1))).isInstanceOf(NotReadableByAll.class)
                    .hasRootCauseMessage(REFUSAL);
            assertThat(failure(writes.get(2))).isNull();
        }
        assertThat(failure(lane.write(List.of(event(NEWER, "till|b", 1))))).isNull();
        assertThat(journal.count()).isEqualTo(3);
    }

    @Test void a_node_that_is_no_member_yet_belongs_to_no_other_cluster() throws SQLException {
        try (NodeHeartbeat starting = start(new Till.Shop()); NodeHeartbeat member = start(new Till.Shop())) {
            member.runsAs("here");
            await().atMost(20, SECONDS).until(() -> member.untoldFor().toSeconds() == 0);
            assertThat(starting.members().strangers(Set.of())).isEmpty();
            member.joined();
            await().atMost(20, SECONDS)
                    .untilAsserted(() -> assertThat(starting.members().strangers(Set.of())).containsOnlyKeys("here"));
            assertThat(starting.members().strangers(Set.of("here"))).isEmpty();
        }
    }

    @Test void who_was_given_up_finds_out_with_its_next_beat_and_gives_up_nobody_himself() throws SQLException {
        try (NodeHeartbeat one = start(new Till.Shop()); NodeHeartbeat other = start(new Till.Shop())) {
            one.runsAs("one");
            other.runsAs("other");
            one.members().giveUp("one", Set.of("other", "one that is dead"));
            one.members().giveUp("one", Set.of("other"));
            await().atMost(20, SECONDS).until(other::isGivenUp);

            other.members().giveUp("other", Set.of("one"));
            await().atMost(20, SECONDS).until(() -> one.untoldFor().toSeconds() == 0);
            assertThat(givenUp()).containsExactlyInAnyOrder("other", "one that is dead");
            assertThat(one.isGivenUp()).isFalse();
        }
    }

    @Test void who_goes_on_seeing_a_member_that_was_given_up_is_in_another_cluster() throws SQLException {
        try (NodeHeartbeat one = start(new Till.Shop()); NodeHeartbeat newcomer = start(new Till.Shop())) {
            newcomer.runsAs("newcomer");
            newcomer.sees(Set.of("silent", "newcomer"));
            assertThat(newcomer.isInDoubt()).as("until it was asked of them").isTrue();
            await().atMost(20, SECONDS).until(() -> !newcomer.isInDoubt());

            one.members().giveUp("one", Set.of("silent"));
            await().atMost(20, SECONDS).until(() -> {
                newcomer.sees(Set.of("silent", "newcomer"));
                return newcomer.isInDoubt();
            });
            assertThat(newcomer.isGivenUp()).as("it may hear of it in a moment").isFalse();
            await().atMost(20, SECONDS).until(() -> {
                newcomer.sees(Set.of("silent", "newcomer"));
                return newcomer.isGivenUp();
            });
        }
    }

    @Test void who_was_told_that_a_member_is_gone_goes_on_without_it() throws SQLException {
        try (NodeHeartbeat one = start(new Till.Shop()); NodeHeartbeat other = start(new Till.Shop())) {
            one.members().giveUp("one", Set.of("killed"));
            other.runsAs("other");
            other.sees(Set.of("killed", "other"));
            await().atMost(20, SECONDS).until(() -> !other.isInDoubt());
            other.sees(Set.of("other"));
            assertThat(other.isInDoubt()).isFalse();
            assertThat(other.isGivenUp()).isFalse();
        }
    }

    private List<String> givenUp() throws SQLException {
        try (Connection connection = journal.database().dataSource().getConnection();
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery("SELECT member FROM ritsem.given_up")) {
            List<String> members = new ArrayList<>();
            while (rows.next()) {
                members.add(rows.getString(1));
            }
            return members;
        }
    }

    @Test void what_the_journal_holds_already_is_stored_whoever_is_at_work() {
        assertThat(failure(journal.lane().write(List.of(event(NEWER, "till|a", 1))))).isNull();
        try (NodeHeartbeat _ = start(new Till.Shop())) {
            assertThat(failure(journal.lane().write(List.of(event(NEWER, "till|a", 2))))).isNull();
        }
    }

    @Test void a_node_that_does_not_host_the_entity_type_or_was_killed_does_not_count() throws SQLException {
        journal.execute("""
                        INSERT INTO ritsem.node (node, process, reads, seen)
                        VALUES (gen_random_uuid(), 'other', '{safe.opened/1}', now()),
                               (gen_random_uuid(), 'killed', '{till.paid/1}', now() - interval '70 s')""");
        assertThat(failure(journal.lane().write(List.of(event(NEWER, "till|a", 1))))).isNull();
    }

    @Test void a_node_that_nobody_could_see_during_an_outage_of_the_database_still_counts() throws SQLException {
        journal.execute("""
                        INSERT INTO ritsem.node (node, process, reads, seen)
                        VALUES (gen_random_uuid(), 'unseen', '{till.paid/1}', now() - interval '50 s')""");
        assertThat(failure(journal.lane().write(List.of(event(NEWER, "till|a", 1)))))
                .isInstanceOf(NotReadableByAll.class);
    }

    @Test void goes_on_while_others_have_all_connections_of_the_pool() throws Exception {
        List<Connection> taken = new ArrayList<>();
        try (NodeHeartbeat heartbeat = start(new Till.Shop())) {
            for (int number = 0; number < TestJournal.POOL; number++) {
                taken.add(journal.database().dataSource().getConnection());
            }
            await().atMost(20, SECONDS).until(() -> heartbeat.writingFor().toSeconds() >= 2);
            signal("TERM", sessionOfBeats(taken.getFirst()));
            await().atMost(20, SECONDS).until(() -> heartbeat.failingFor().isPositive());
            await().atMost(20, SECONDS).until(() -> heartbeat.writingFor().isPositive());
        } finally {
            for (Connection connection : taken) {
                connection.close();
            }
        }
    }

    @Test void what_stood_still_has_neither_failed_nor_written_without_a_break() throws Exception {
        try (NodeHeartbeat heartbeat = start(new Till.Shop());
                Connection connection = journal.database().dataSource().getConnection()) {
            await().atMost(20, SECONDS).until(() -> heartbeat.writingFor().isPositive());
            String session = sessionOfBeats(connection);
            signal("STOP", session);
            try {
                await().atMost(20, SECONDS).until(() -> heartbeat.silentFor().compareTo(Duration.ofMillis(3_200)) > 0);
                assertThat(heartbeat.failingFor()).isZero();
            } finally {
                signal("CONT", session);
            }
            await().atMost(20, SECONDS).until(() -> heartbeat.silentFor().compareTo(Duration.ofSeconds(1)) < 0);
            assertThat(heartbeat.writingFor()).isLessThan(Duration.ofSeconds(3));
        }
    }

    @Test void an_error_ends_one_beat_and_not_the_heartbeat() {
        try (Database database = Database.open(TestJournal.settings(FailingSockets.through(journal.url())));
                LoggedBugs told = LoggedBugs.warnings(NodeHeartbeat.class);
                NodeHeartbeat heartbeat = NodeHeartbeat.start(database, "here/1",
                        ApplicationModel.of(new Till.Shop()))) {
            await().atMost(20, SECONDS).until(() -> heartbeat.writingFor().isPositive());
            FailingSockets.fail("ritsem-heartbeat", 2);
            await().atMost(20, SECONDS).until(() -> heartbeat.failingFor().isPositive());
            await().atMost(20, SECONDS).until(() -> heartbeat.writingFor().isPositive());
            assertThat(FailingSockets.left()).isZero();
            assertThat(told.messages()).containsExactly(
                    "The node's heartbeat cannot be written: java.lang.LinkageError: a class is missing");
        }
    }

    @Test void a_clock_that_is_not_that_of_the_database_is_spoken_of_once() throws SQLException {
        Clock wrong = Clock.offset(Clock.systemUTC(), Duration.ofMinutes(3));
        try (LoggedBugs told = LoggedBugs.warnings(NodeHeartbeat.class);
                NodeHeartbeat heartbeat = NodeHeartbeat.start(journal.database(), "here/1",
                        ApplicationModel.of(new Till.Shop()), wrong)) {
            await().atMost(20, SECONDS).until(() -> heartbeat.writingFor().isPositive());
            assertThat(told.messages()).singleElement().asString().contains("keep them in step");
        }
        try (LoggedBugs told = LoggedBugs.warnings(NodeHeartbeat.class); NodeHeartbeat _ = start(new Till.Shop())) {
            assertThat(told.messages()).isEmpty();
        }
    }

    @Test void only_one_at_a_time_may_be_the_first_member() throws SQLException {
        try (NodeHeartbeat one = start(new Till.Shop()); NodeHeartbeat other = start(new Till.Shop())) {
            assertThat(one.members().claimFirst("one#1", STEADY)).isEmpty();
            assertThat(other.members().claimFirst("other#2", STEADY)).containsExactly("here/1");
            assertThat(one.members().claimFirst("one#1", STEADY)).isEmpty();
            assertThat(givenUp()).isEmpty();
        }
    }

    @Test void who_forms_a_cluster_gives_up_those_whose_beats_are_missing_when_his_own_are_not() throws SQLException {
        journal.execute("""
                        INSERT INTO ritsem.node (node, process, reads, seen, member)
                        VALUES (gen_random_uuid(), 'silent', '{}', now() - interval '11 s', 'silent#1')""");
        try (NodeHeartbeat one = start(new Till.Shop())) {
            assertThat(one.members().claimFirst("one#1", Duration.ofSeconds(11))).containsExactly("silent");
            assertThat(givenUp()).isEmpty();
            assertThat(one.members().claimFirst("one#1", STEADY)).isEmpty();
            assertThat(givenUp()).containsExactly("silent#1");
            assertThat(one.members().claimFirst("one#1", Duration.ZERO)).isEmpty();
        }
    }

    @Test void members_are_given_up_also_by_connections_that_only_read_while_standbys_are_away() throws SQLException {
        PGSimpleDataSource reading = new PGSimpleDataSource() {
            @Override public Connection getConnection() throws SQLException {
                Connection connection = super.getConnection();
                connection.createStatement().execute("SET default_transaction_read_only = on");
                return connection;
            }
        };
        reading.setUrl(journal.url());
        new MemberTable(reading, "00000000-0000-0000-0000-000000000000").giveUp("one", Set.of("other"));
        assertThat(givenUp()).containsExactly("other");
    }

    private static String sessionOfBeats(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet session = statement.executeQuery("""
                                                           SELECT pid FROM pg_stat_activity
                                                           WHERE query LIKE 'INSERT INTO ritsem.node %'
                                                             AND datname = current_database()""")) {
            session.next();
            return session.getString(1);
        }
    }

    private static void signal(String name, String process) throws IOException, InterruptedException {
        assertThat(new ProcessBuilder("kill", "-" + name, process).start().waitFor()).isZero();
    }

    private NodeHeartbeat start(Application application) {
        return NodeHeartbeat.start(journal.database(), "here/1", ApplicationModel.of(application));
    }
}
