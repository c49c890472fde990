package io.ritsem.runtime.entity;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;

import org.junit.jupiter.api.Test;

import io.ritsem.runtime.gateway.CommandOutcome;
import io.ritsem.runtime.gateway.CommandOutcome.Accepted;
import io.ritsem.runtime.journal.JournalExport;
import io.ritsem.runtime.journal.JournalImport;
import io.ritsem.runtime.journal.JournalReader;

import static org.assertj.core.api.Assertions.assertThat;

/** Entities whose events have moved to another database go on there as if nothing had happened. */
class EntityMoveTest {

    @Test void an_entity_goes_on_and_a_spent_key_is_still_spent() throws IOException {
        ByteArrayOutputStream moving = new ByteArrayOutputStream();
        Accepted first;
        try (TestNode here = TestNode.onFreshDatabase()) {
            first = here.accepted(here.keyed("till", "split", "{\"amount\":\"1.50\",\"parts\":3}", "k"));
            var _ = here.accepted(here.keyed("till", "pay", "{\"amount\":\"2\"}", "l"));
            new JournalExport(new JournalReader(here.dataSource(), here.info())).to(moving, _ -> {});
        }
        try (TestNode there = TestNode.onFreshDatabase()) {
            new JournalImport(there.dataSource(), there.info()).from(new ByteArrayInputStream(moving.toByteArray()),
                    _ -> {});

            Accepted again = there.accepted(there.keyed("till", "split", "{\"amount\":\"1.50\",\"parts\":3}", "k"));
            assertThat(again.replayed()).isTrue();
            assertThat(again).usingRecursiveComparison().ignoringFields("replayed", "token").isEqualTo(first);
            assertThat(there.accepted(there.keyed("till", "pay", "{\"amount\":\"2\"}", "l")).reply()).asString()
                    .isEqualTo("4");
            assertThat(there.outcome(there.keyed("till", "pay", "{\"amount\":\"7\"}", "l")))
                    .isEqualTo(new CommandOutcome.KeyReused());

            assertThat(there.accepted(there.command("till", "take", "{\"amount\":\"6.50\"}")).version()).isEqualTo(5);
            assertThat(there.await(there.gateway().state(there.id("till"), there.deadline())).state()).asString()
                    .isEqualTo("{\"money\":\"0.00\"}");
        }
    }
}
