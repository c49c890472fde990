package io.ritsem.runtime.journal;

import java.sql.SQLException;
import java.util.List;

import akka.persistence.PersistentRepr;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

import io.ritsem.domain.Application;
import io.ritsem.domain.Context;
import io.ritsem.domain.Decision;
import io.ritsem.domain.Definition;
import io.ritsem.domain.Entity;
import io.ritsem.domain.EntityDefinition;
import io.ritsem.domain.Name;
import io.ritsem.domain.Version;
import io.ritsem.runtime.application.ApplicationModel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class EventTypesTest {

    record Deposit() {}

    record Deposited(String amount) {}

    @Name("deposited")
    @Version(2)
    record DepositedV2(String amount, String why) {}

    record State() {}

    static final class Till implements Entity<Deposit, Deposited, State> {
        @Override public State initial() {
            return new State();
        }

        @Override public Decision<Deposited> decide(State state, Deposit command, Context context) {
            return Decision.nothing();
        }

        @Override public State evolve(State state, Deposited event) {
            return state;
        }
    }

    private static EntityDefinition<Deposit, Deposited, State> till(Definition app) {
        return app.entity("till", new Till());
    }

    private final TestJournal journal = TestJournal.onFreshDatabase();

    @AfterEach void clear() throws SQLException {
        journal.clear();
        journal.execute("TRUNCATE ritsem.event_type, ritsem.release");
    }

    @AfterAll void close() {
        journal.close();
    }

    @Test void what_an_application_reads_lets_its_node_start() {
        write(journal.lane(), TestJournal.event("till|a", 1));
        assertThatCode(() -> start(EventTypesTest::till)).doesNotThrowAnyException();
    }

    @Test void a_version_that_nothing_reads_is_refused_with_its_count_and_since_when_until_there_is_an_upcaster()
            throws SQLException {
        JournalLane lane = journal.lane();
        write(lane, TestJournal.event("till|a", 1));
        write(lane, TestJournal.event(new EventManifest("till", "deposited", 2), "till|a", 2));
        write(lane, TestJournal.event(new EventManifest("till", "deposited", 2), "till|a", 3));
        write(lane, TestJournal.event(new EventManifest("till", "lost", 1), "till|a", 4));
        journal.execute("UPDATE ritsem.event_type SET since = '2026-11-01T12:00:00Z'");

        assertThatThrownBy(() -> start(EventTypesTest::till)).isInstanceOf(SchemaException.class)
                .hasMessage(
                        "The journal holds events that this application cannot read: till.deposited/2 (2 events, since "
                                + "2026-11-01T12:00:00Z), till.lost/1 (1 event, since 2026-11-01T12:00:00Z): write an upcaster from each "
                                + "version that is older than this release, and start the newer release for each that is newer");

        record Lost() {}
        assertThatCode(() -> start(app -> till(app)
                .upcast(DepositedV2.class, next -> List.of(new Deposited(next.amount())))
                .upcast(Lost.class, _ -> List.of()))).doesNotThrowAnyException();
    }

    @Test void an_entity_type_that_is_not_hosted_is_refused_until_it_is_defined_or_retired() {
        write(journal.lane(), TestJournal.event("loan|a", 1), TestJournal.event("loan|a", 2));

        assertThatThrownBy(() -> start(EventTypesTest::till)).isInstanceOf(SchemaException.class)
                .hasMessageStartingWith("The journal holds events that this application cannot read: "
                        + "loan.deposited/1 (2 events, since ")
                .hasMessageEndingWith(
                        "): define the entity types [loan], or say app.retired(\"...\") of each that is no "
                                + "more");
        assertThatCode(() -> start(app -> {
            till(app);
            app.retired("loan");
        })).doesNotThrowAnyException();
    }

    @Test void an_older_release_starts_again_while_a_newer_one_has_brought_an_entity_type() {
        start(EventTypesTest::till);
        JournalLane lane = journal.lane();
        write(lane, TestJournal.event("till|a", 1));
        start(app -> {
            till(app);
            app.entity("loan", new Till());
        });
        write(lane, TestJournal.event("loan|a", 1));

        assertThatCode(() -> start(EventTypesTest::till)).doesNotThrowAnyException();
        assertThatThrownBy(() -> start(app -> app.entity("konto", new Till())))
                .hasMessageContaining("loan.deposited/1")
                .hasMessageContaining("till.deposited/1");
    }

    @Test void an_older_release_does_not_start_again_when_a_newer_one_writes_what_it_cannot_read() {
        start(EventTypesTest::till);
        write(journal.lane(), TestJournal.event(new EventManifest("till", "deposited", 2), "till|a", 1));

        assertThatThrownBy(() -> start(EventTypesTest::till)).hasMessageContaining("till.deposited/2 (1 event");
    }

    @Test void what_was_noted_down_and_never_stored_is_no_reason_to_refuse() throws SQLException {
        journal.execute("INSERT INTO ritsem.event_type VALUES ('till', 'lost', 1)");
        assertThatCode(() -> start(EventTypesTest::till)).doesNotThrowAnyException();
    }

    @Test void a_writer_notes_each_version_down_once_and_before_it_is_stored() throws SQLException {
        JournalLane lane = journal.lane();
        write(lane, TestJournal.event("till|a", 1));
        assertThat(journal.number("SELECT count(*) FROM ritsem.event_type")).isEqualTo(1);
        assertThat(journal.number("""
                                  SELECT count(*) FROM ritsem.event_type t, ritsem.event_journal j
                                  WHERE t.xmin::text::bigint < j.transaction_id::text::bigint""")).isEqualTo(1);

        journal.execute("DELETE FROM ritsem.event_type");
        write(lane, TestJournal.event("till|a", 2), TestJournal.event("till|b", 1));
        assertThat(journal.number("SELECT count(*) FROM ritsem.event_type")).isZero();

        write(journal.lane(), TestJournal.event("till|c", 1));
        assertThat(journal.number("SELECT count(*) FROM ritsem.event_type")).isEqualTo(1);
    }

    @Test void the_migration_notes_down_what_a_journal_holds_already() throws SQLException {
        JournalLane lane = journal.lane();
        write(lane, TestJournal.event("till|a", 1));
        write(lane, TestJournal.event(new EventManifest("till", "was-lost", 12), "till|a", 2));
        journal.execute("DROP TABLE ritsem.event_type, ritsem.release, ritsem.node");
        journal.execute("DROP FUNCTION ritsem.begin_with_journal CASCADE");
        journal.execute("DELETE FROM ritsem.schema_history WHERE version::int >= 12");

        assertThat(journal.database().migrate().to()).isGreaterThanOrEqualTo(12);

        assertThatThrownBy(() -> start(EventTypesTest::till)).hasMessageContaining("till.was-lost/12 (1 event, since ");
        assertThat(journal.number("""
                                  SELECT count(*) FROM ritsem.event_type t JOIN ritsem.event_journal j
                                  ON (j.event_ser_manifest, j.event_time)
                                   = (t.entity_type || '.' || t.event || '/' || t.version, t.since)""")).isEqualTo(2);
    }

    private static void write(JournalLane lane, PersistentRepr... events) {
        assertThat(TestJournal.failure(lane.write(List.of(events)))).isNull();
    }

    private void start(Application application) {
        new EventTypes(journal.database()).requireReadable(ApplicationModel.of(application));
    }
}
