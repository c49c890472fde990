package io.ritsem.http.query;

import java.net.http.HttpResponse;
import java.sql.SQLException;
import java.util.List;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

import io.ritsem.runtime.journal.ConsistencyToken;
import io.ritsem.runtime.journal.Partition;

import static io.ritsem.http.query.TestServer.VIEW;
import static org.assertj.core.api.Assertions.assertThat;

/** Rows of the past over HTTP, while the view itself is not built at all. */
class PastReadsTest {

    private static final String OPENED = "{\"key\":\"ada\",\"row\":{\"owner\":\"Ada\",\"balance\":\"0\",\"open\":true},"
            + "\"version\":1,\"updatedAt\":\"2026-11-21T09:01:00Z\"}";
    private static final String CREDITED = "{\"key\":\"ada\",\"row\":{\"owner\":\"Ada\",\"balance\":\"7.50\",\"open\":true},"
            + "\"version\":2,\"updatedAt\":\"2026-11-21T09:02:00Z\"}";

    private static TestServer server;

    /** Event n is of 9:0n o'clock and of transaction 700 + n. */
    @BeforeAll static void fill() throws SQLException {
        server = new TestServer();
        record(1, "ada", "opened", "{\"owner\":\"Ada\"}");
        record(2, "ada", "credited", "{\"amount\":\"7.50\"}");
        record(3, "ada", "closed", "{}");
        record(4, "ada", "opened", "{\"owner\":\"Bob\"}");
        record(1, "bad", "opened", "{\"owner\":\"Eve\"}");
        record(2, "bad", "cursed", "{}");
        server.execute("drop table TABLE"); // nothing of it is needed
    }

    private static void record(int sequence, String id, String event, String json) throws SQLException {
        server.execute(
                """
                insert into ritsem.event_journal (persistence_id, sequence_number, writer, event_payload, event_ser_id,
                    event_ser_manifest, partition, transaction_id, event_time, causation)
                values ('account|%s', %d, 'test', '%s', 0, 'account.%s/1', %d, '%d', '2026-11-21T09:0%d:00Z',
                    gen_random_uuid())"""
                        .formatted(id, sequence, json, event, partition(id), 700 + sequence, sequence));
    }

    private static int partition(String id) {
        return Partition.of("account|" + id, 4);
    }

    @AfterAll static void close() {
        server.close();
    }

    @Test void answers_as_of_a_version_a_moment_and_a_token() throws Exception {
        assertThat(ok("?version=1")).isEqualTo(OPENED);
        assertThat(ok("?at=2026-11-21T09:01:59.999Z")).isEqualTo(OPENED);
        assertThat(ok("?asOf=" + token(701))).isEqualTo(OPENED);
        assertThat(ok("?version=2")).isEqualTo(CREDITED);
        assertThat(ok("?at=2026-11-21T10:02:00%2B01:00")).isEqualTo(CREDITED);
        assertThat(ok("?asOf=" + token(702))).isEqualTo(CREDITED);
        assertThat(ok("?at=9999-01-01T00:00:00Z")).contains("\"Bob\"", "\"version\":4");
        assertThat(ok("?version=2&fields=balance")).contains("\"row\":{\"balance\":\"7.50\"},");
    }

    private static String ok(String query) throws Exception {
        // Nothing is waited for, though the view has never seen that write.
        HttpResponse<String> answer = server.get(VIEW + "/ada" + query, "Consistency-Token", token(704));
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
        return answer.body();
    }

    @Test void says_as_of_when_there_was_no_row() throws Exception {
        problem("/ada?version=3", 404, "no-such-row", "had no row 'ada' at version 3");
        problem("/ada?version=0", 404, "no-such-row", "had no row 'ada' at version 0");
        problem("/ada?at=2026-11-21T09:03:30Z", 404, "no-such-row", "had no row 'ada' at 2026-11-21T09:03:30Z");
        problem("/ada?at=2026-11-21T09:00:00Z", 404, "no-such-row", "had no row 'ada' at 2026-11-21T09:00:00Z");
        problem("/ada?asOf=" + token(703), 404, "no-such-row", "had no row 'ada' as of that token");
        problem("/ada?asOf=" + token(1), 404, "no-such-row", "had no row 'ada' as of that token");
        problem("/ada?version=5", 404, "no-such-version", "'ada' has no version 5: its last event is 4");
        problem("/nobody?version=1", 404, "no-such-version", "'nobody' has no version 1: it has no events yet");
        problem("/nobody?at=2026-11-21T09:00:00Z", 404, "no-such-row", "nobody");
        problem("/no%20id?at=2026-11-21T09:00:00Z", 404, "no-such-row", "no id");
    }

    @Test void refuses_what_is_no_place_in_the_past() throws Exception {
        for (String query : List.of("version=-1", "version=x", "version=", "at=yesterday", "at=", "asOf=x", "asOf=",
                "asOf=" + token(1) + "," + token(2), "version=1&version=1")) {
            problem("/ada?" + query, 400, "invalid-request",
                    "\"parameter\":\"" + query.substring(0, query.indexOf('=')));
        }
        problem("/ada?version=1&at=2026-11-21T09:00:00Z", 400, "invalid-request",
                "'at' cannot be combined with version");
        problem("/ada?asOf=" + token(1) + "&version=1", 400, "invalid-request",
                "'version' cannot be combined with asOf");
        problem("/ada?then=1", 400, "invalid-request", "A row takes only fields, consistency, version, at, asOf");
        String elsewhere = ConsistencyToken.of(1, (partition("ada") + 1) % 4, 701).encode();
        problem("/ada?asOf=" + elsewhere, 400, "invalid-request", "The token says nothing about account 'ada'");
        problem("/ada?asOf=" + ConsistencyToken.of(7, partition("ada"), 701).encode(), 410, "token-of-another-epoch",
                "restored");
    }

    @Test void a_query_takes_none_of_it_for_a_filter() throws Exception {
        for (String query : List.of("version=1", "at=2026-11-21T09:00:00Z", "asOf=" + token(1))) {
            String name = query.substring(0, query.indexOf('='));
            problem("?" + query, 400, "invalid-request", "\"parameter\":\"" + name + "\",\"code\":\"unknown\","
                    + "\"message\":\"Only one row, by its key, can be asked for its past");
            problem("?" + name + ".eq=1", 400, "invalid-request", "key, updatedAt, owner, balance, limit");
        }
    }

    @Test void only_views_of_one_row_per_entity_have_a_past() throws Exception {
        for (String query : List.of("version=1", "at=2026-11-21T09:00:00Z", "asOf=" + token(1))) {
            problem(server.get("/api/views/owners/Ada?" + query), 400, "invalid-request",
                    "Only a view with one row per entity can be asked for the past: 'owners' has rows with keys of their "
                            + "own");
        }
    }

    @Test void names_the_event_that_the_view_cannot_apply_and_nothing_else() throws Exception {
        problem("/bad?version=2", 500, "view-failed", "cannot apply event 2 of 'bad' (account.cursed/1)");
        assertThat(server.get(VIEW + "/bad?version=2").body()).doesNotContain("secret", "Exception", "java");
        assertThat(server.get(VIEW + "/bad?version=1").statusCode()).isEqualTo(200);
    }

    private static String token(long transaction) {
        return ConsistencyToken.of(1, partition("ada"), transaction).encode();
    }

    private static void problem(String keyAndQuery, int status, String code, String part) throws Exception {
        problem(server.get(VIEW + keyAndQuery), status, code, part);
    }

    private static void problem(HttpResponse<String> answer, int status, String code, String part) {
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(status);
        assertThat(answer.headers().firstValue("Content-Type")).hasValue("application/problem+json");
        assertThat(answer.body()).contains("\"code\":\"" + code).contains(part);
    }
}
