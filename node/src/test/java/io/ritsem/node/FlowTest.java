package io.ritsem.node;

import java.net.http.HttpResponse;
import java.util.List;
import java.util.Map;
import java.util.UUID;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestMethodOrder;
import org.postgresql.ds.PGSimpleDataSource;

import io.ritsem.runtime.journal.ConsistencyToken;
import io.ritsem.runtime.journal.JournalInfo;
import io.ritsem.runtime.journal.JournalReader;
import io.ritsem.runtime.journal.Partition;
import io.ritsem.runtime.journal.Position;
import io.ritsem.runtime.journal.RecordedEvent;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

/** One deposit from POST to GET. Each step is named after the packages that it passes, in the order of the flow. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class FlowTest {

    private static final String ACCOUNT = "/api/entities/account/alice";
    private static final String DEPOSIT = "{\"amount\":\"12.50\",\"reference\":\"salary\"}";

    private BankNode node;
    private HttpResponse<String> deposited;
    private ConsistencyToken token;
    private RecordedEvent event;

    @BeforeAll void an_open_account() {
        node = BankNode.start();
        assertThat(node.post(ACCOUNT + "/open", "{\"owner\":\"Alice\",\"overdraft\":\"0\"}").statusCode())
                .isEqualTo(200);
    }

    @AfterAll void stop() {
        node.close();
    }

    @Test @Order(1) @DisplayName("http.command: the deposit comes in as a POST and is answered with version and token") void http_command_takes_the_deposit() {
        deposited = node.post(ACCOUNT + "/deposit", DEPOSIT, "Idempotency-Key", "\"salary-11\"");

        assertThat(deposited.statusCode()).as(deposited.body()).isEqualTo(200);
        assertThat(deposited.headers().firstValue("ETag")).contains("\"2\"");
        token = ConsistencyToken.parse(BankNode.token(deposited));
    }

    @Test @Order(2) @DisplayName("runtime.gateway -> runtime.sharding: the one door led to the one entity, which knows the command again") void runtime_gateway_and_sharding_lead_to_the_one_entity() {
        HttpResponse<String> again = node.post(ACCOUNT + "/deposit", DEPOSIT, "Idempotency-Key", "\"salary-11\"");

        assertThat(again.headers().firstValue("Idempotency-Replayed")).contains("true");
        assertThat(again.body()).isEqualTo(deposited.body());
        assertThat(BankNode.token(again)).isEqualTo(BankNode.token(deposited));
    }

    @Test @Order(3) @DisplayName("runtime.entity: the application's Entity decided and evolved") void runtime_entity_decided_and_evolved() {
        HttpResponse<String> account = node.get(ACCOUNT);

        assertThat(account.statusCode()).isEqualTo(200);
        assertThat(account.body()).contains("\"version\":2").contains("\"balance\":\"12.50\"");
    }

    @Test @Order(4) @DisplayName("runtime.journal: what was acknowledged is stored, once, in the partition that the token names") void runtime_journal_stored_what_was_acknowledged() {
        assertThat(node.ask("SHOW fsync")).isEqualTo("on");
        assertThat(node.ask("SELECT string_agg(sequence_number::text, ',' ORDER BY sequence_number) "
                + "FROM ritsem.event_journal WHERE persistence_id = 'account|alice'")).isEqualTo("1,2");

        int partitions = Integer.parseInt(node.ask("SELECT partitions FROM ritsem.journal_info"));
        assertThat(token.seen()).containsOnlyKeys(Partition.of("account|alice", partitions));
    }

    @Test @Order(5) @DisplayName("projections.tail: the event comes out of the journal's committed prefix") void projections_tail_reads_the_committed_prefix() {
        int partition = token.seen().keySet().iterator().next();
        List<RecordedEvent> events = journal().readPartitions(Map.of(partition, Position.START), 10).events();

        assertThat(events).extracting(RecordedEvent::sequence).containsExactly(1L, 2L);
        event = events.getLast();
        assertThat(event.position().transactionId()).isEqualTo(token.seen().get(partition));
        assertThat(new String(event.data(), UTF_8)).contains("12.50");
    }

    @Test @Order(6) @DisplayName("projections.engine -> projections.store: the application's View made a row, and the cursor moved with it") void projections_engine_and_store_keep_row_and_cursor() {
        assertThat(node.get("/api/views/balances/alice", "Consistency-Token", token.encode()).statusCode())
                .isEqualTo(200);

        assertThat(node.ask("SELECT row->>'balance' FROM ritsem.view_balances_1 WHERE key = 'alice'"))
                .isEqualTo("12.50");
        assertThat(node.ask("SELECT version FROM ritsem.view_balances_1 WHERE key = 'alice'")).isEqualTo("2");
    }

    @Test @Order(7) @DisplayName("http.query -> projections.query: the deposit goes out as a GET that is as fresh as its token") void http_query_serves_the_row() {
        HttpResponse<String> row = node.get("/api/views/balances/alice", "Consistency-Token", token.encode());

        assertThat(row.body()).contains("\"balance\":\"12.50\"").contains("\"version\":2");
        assertThat(row.headers().firstValue("Ritsem-View-Lag")).isPresent();
        assertThat(ConsistencyToken.parse(BankNode.token(row)).seen()).allSatisfy((partition, seen) -> {
            if (partition == event.partition()) {
                assertThat(seen).isGreaterThanOrEqualTo(event.position().transactionId());
            }
        });
    }

    private JournalReader journal() {
        PGSimpleDataSource source = new PGSimpleDataSource();
        source.setUrl(node.url());
        return new JournalReader(source,
                new JournalInfo(UUID.fromString(node.ask("SELECT id FROM ritsem.journal_info")),
                        Integer.parseInt(node.ask("SELECT epoch FROM ritsem.journal_info")),
                        Integer.parseInt(node.ask("SELECT partitions FROM ritsem.journal_info"))));
    }
}
