package io.ritsem.runtime.journal;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;

import akka.persistence.PersistentRepr;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** What is left to do with a journal that a logical backup has brought here: no node starts on it, but it can be moved. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class RestoredJournalTest {

    private static final int ENTITIES = 13;
    private static final int EVENTS_OF_EACH = 50;

    private TestJournal journal;
    private byte[] exportedBefore;

    @BeforeAll void restore() throws IOException, SQLException {
        journal = TestJournal.onFreshDatabase();
        JournalLane lane = journal.lane();
        for (int sequence = 1; sequence <= EVENTS_OF_EACH; sequence++) {
            List<PersistentRepr> batch = new ArrayList<>();
            for (int till = 0; till < ENTITIES; till++) {
                batch.add(TestJournal.event("till|" + till, sequence, TestJournal.withKey("key-" + sequence)));
            }
            TestJournal.await(lane.write(batch));
        }
        exportedBefore = exported(JournalExport.of(journal.database()));
        journal.execute("""
                        UPDATE ritsem.event_journal
                        SET transaction_id = (transaction_id::text::bigint + 900000000000)::text::xid8""");
    }

    @AfterAll void close() {
        journal.close();
    }

    @Test void no_node_starts_on_it_and_the_refusal_names_the_way_out() {
        assertThatThrownBy(journal.database()::check).isInstanceOf(SchemaException.class)
                .hasMessageContaining("restored from a logical backup")
                .hasMessageContaining("'./ritsem events export'");
        assertThatThrownBy(journal.database()::checkOwn).isInstanceOf(SchemaException.class);
    }

    @Test void all_of_it_is_exported_in_the_order_in_which_it_was_committed_where_it_came_from() throws Exception {
        assertThat(exportedBefore).asString().hasLineCount(ENTITIES * EVENTS_OF_EACH);
        assertThat(exported(JournalExport.of(journal.database()))).isEqualTo(exportedBefore);
        assertThat(new JournalExport(journal.reader()).to(OutputStream.nullOutputStream(), _ -> {}))
                .as("below the horizon, which says nothing here")
                .isEqualTo(new JournalExport.Done(0, 0, true));
    }

    @Test void a_new_database_takes_it_and_nodes_start_there() throws Exception {
        try (TestJournal target = TestJournal.onFreshDatabase()) {
            byte[] lines = exported(JournalExport.of(journal.database()));
            var done = new JournalImport(target.database().dataSource(), target.info())
                    .from(new ByteArrayInputStream(lines), _ -> {});
            assertThat(done.stored()).isEqualTo(ENTITIES * EVENTS_OF_EACH);
            assertThat(target.database().check()).isEqualTo(target.info());
            assertThat(exported(new JournalExport(target.reader()))).isEqualTo(lines);
        }
    }

    private static byte[] exported(JournalExport export) throws IOException {
        ByteArrayOutputStream lines = new ByteArrayOutputStream();
        assertThat(export.to(lines, _ -> {}).open()).isFalse();
        return lines.toByteArray();
    }
}
