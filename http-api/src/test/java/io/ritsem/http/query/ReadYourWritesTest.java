package io.ritsem.http.query;

import java.net.http.HttpResponse;
import java.sql.SQLException;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import io.ritsem.runtime.journal.ConsistencyToken;

import static io.ritsem.http.query.TestServer.VIEW;
import static org.assertj.core.api.Assertions.assertThat;

/** Reading with the token of a write, while another node moves the view. */
class ReadYourWritesTest {

    private static final String TOKEN = "Consistency-Token";
    private static final String WRITE = ConsistencyToken.of(1, 2, 700).encode();

    private TestServer server;

    @BeforeEach void open() throws SQLException {
        server = new TestServer();
        server.put("a", "{\"open\":true}");
        recordEvent(2, 700);
    }

    @AfterEach void close() {
        server.close();
    }

    @Test void answers_once_the_view_has_passed_the_write() throws Exception {
        CompletableFuture<HttpResponse<String>> read = CompletableFuture.supplyAsync(() -> {
            try {
                return server.get(VIEW + "/a", TOKEN, WRITE, "Prefer", "wait=30");
            } catch (Exception failed) {
                throw new IllegalStateException(failed);
            }
        });
        moveCursor(2, 700);
        HttpResponse<String> answer = read.get(20, TimeUnit.SECONDS);
        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(answer.headers().firstValue("Preference-Applied")).hasValue("wait=30");
        ConsistencyToken seen = ConsistencyToken.parse(answer.headers().firstValue(TOKEN).orElseThrow());
        assertThat(seen.seen()).isEqualTo(Map.of(0, 0L, 1, 0L, 2, 700L, 3, 0L));
    }

    @Test void says_when_the_view_is_behind_and_answers_all_the_same_if_that_is_preferred() throws Exception {
        for (String path : new String[]{VIEW + "/a", VIEW, VIEW + "?consistency=" + WRITE}) {
            HttpResponse<String> behind = server.get(path, TOKEN, WRITE, "Prefer", "wait=0");
            assertThat(behind.statusCode()).isEqualTo(503);
            assertThat(behind.headers().firstValue("Retry-After")).hasValue("1");
            assertThat(behind.headers().firstValue(TOKEN)).isPresent();
            assertThat(behind.body()).contains("\"code\":\"view-behind\"", "\"retryable\":true");
            HttpResponse<String> stale = server.get(path, TOKEN, WRITE, "Prefer", "handling=lenient", "Prefer",
                    "wait=0");
            assertThat(stale.statusCode()).isEqualTo(200);
            assertThat(stale.headers().firstValue("Preference-Applied")).hasValue("wait=0, handling=lenient");
            assertThat(ConsistencyToken.parse(stale.headers().firstValue(TOKEN).orElseThrow()).seen()).containsEntry(2,
                    0L);
        }
    }

    @Test void several_tokens_are_merged() throws Exception {
        recordEvent(3, 701);
        String other = ConsistencyToken.of(1, 3, 701).encode();
        moveCursor(2, 800);
        assertThat(server.get(VIEW, TOKEN, WRITE, "Prefer", "wait=0").statusCode()).isEqualTo(200);
        assertThat(server.get(VIEW, TOKEN, WRITE + ", " + other, "Prefer", "wait=0").statusCode()).isEqualTo(503);
        assertThat(server.get(VIEW, TOKEN, WRITE, TOKEN, other, "Prefer", "wait=0").statusCode()).isEqualTo(503);
        assertThat(server.get(VIEW + "?consistency=" + other, TOKEN, WRITE, "Prefer", "wait=0").statusCode())
                .isEqualTo(503);
        moveCursor(3, 800);
        assertThat(server.get(VIEW + "?consistency=" + other + "," + WRITE, "Prefer", "wait=0").statusCode())
                .isEqualTo(200);
    }

    @Test void the_answers_token_holds_what_was_asked_for() throws Exception {
        String unrelated = ConsistencyToken.of(1, 0, 900).encode();
        HttpResponse<String> answer = server.get(VIEW, TOKEN, unrelated, "Prefer", "wait=0");
        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(ConsistencyToken.parse(answer.headers().firstValue(TOKEN).orElseThrow()).seen()).containsEntry(0,
                900L);
    }

    @Test void refuses_tokens_and_preferences_that_are_none() throws Exception {
        for (String token : new String[]{"nonsense", "AQ", WRITE + "A", WRITE.substring(3)}) {
            assertThat(server.get(VIEW, TOKEN, token).statusCode()).isEqualTo(400);
            assertThat(server.get(VIEW + "/a?consistency=" + token).statusCode()).isEqualTo(400);
        }
        for (String preference : new String[]{"wait=31", "wait=-1", "wait=soon", "wait", "handling=none"}) {
            assertThat(server.get(VIEW, "Prefer", preference).statusCode()).isEqualTo(400);
        }
        assertThat(server.get(VIEW, "Prefer", "respond-async, WAIT=\"7\"; x=y").statusCode()).isEqualTo(200);
        assertThat(server.get(VIEW + "/a?sort=owner").statusCode()).isEqualTo(400);
    }

    @Test void a_token_from_before_a_restore_is_gone() throws Exception {
        String old = ConsistencyToken.of(7, 2, 1).encode();
        assertThat(server.get(VIEW, TOKEN, old).statusCode()).isEqualTo(410);
        assertThat(server.get(VIEW, TOKEN, old, TOKEN, WRITE).body()).contains("\"code\":\"token-of-another-epoch\"");
    }

    private void recordEvent(int partition, long transactionId) throws SQLException {
        server.execute(
                """
                insert into ritsem.event_journal (persistence_id, sequence_number, writer, event_payload, event_ser_id,
                    event_ser_manifest, partition, transaction_id, event_time, causation)
                values ('account|a', %d, 'test', '{}', 0, 'account.opened/1', %d, '%d', now(), gen_random_uuid())"""
                        .formatted(transactionId, partition, transactionId));
    }

    private void moveCursor(int partition, long transactionId) throws SQLException {
        server.execute("update ritsem.view_cursor set transaction_id = %d, ordering = %d where partition = %d"
                .formatted(transactionId, Long.MAX_VALUE, partition));
    }
}
