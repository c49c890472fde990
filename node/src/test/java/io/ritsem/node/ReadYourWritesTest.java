package io.ritsem.node;

import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

import org.junit.jupiter.api.Test;

import io.ritsem.postgres.EmbeddedDatabase;

import static org.assertj.core.api.Assertions.assertThat;

/** Many write and read at once, each its own write, in a view by entity and in a view by another key. */
class ReadYourWritesTest {

    private static final int CALLERS = 16;
    private static final int PATIENCE_SECONDS = 120;
    private static final Map<String, String> HELD_BACK = Map.of("ritsem.projections.tail.hold-back", "300ms");

    /** Whether the reads right after the writes showed them, of both views together. */
    private record Result(int seen, int missed) {}

    @Test void shows_with_the_token_every_caller_its_own_write() throws Exception {
        try (BankNode node = BankNode.start()) {
            assertThat(all(node, 20, true)).isEqualTo(new Result(2 * CALLERS * 20, 0));
        }
    }

    @Test void shows_it_with_the_token_also_when_views_are_late_and_not_without() throws Exception {
        String url = EmbeddedDatabase.shared().createDatabase();
        Node.migrate(NodeSettings.load(Map.of("ritsem.runtime.database.url", url)));
        try (BankNode node = BankNode.on(url, HELD_BACK)) {
            assertThat(all(node, 3, true)).isEqualTo(new Result(2 * CALLERS * 3, 0));
            assertThat(all(node, 3, false).missed()).isPositive();
        }
    }

    private static Result all(BankNode node, int writes, boolean withToken)
            throws InterruptedException, ExecutionException, TimeoutException {
        try (ExecutorService callers = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<Result>> results = new ArrayList<>();
            for (int caller = 0; caller < CALLERS; caller++) {
                String name = (withToken ? "with-" : "without-") + caller;
                results.add(callers.submit((Callable<Result>) () -> one(node, name, writes, withToken)));
            }
            int seen = 0;
            int missed = 0;
            for (Future<Result> result : results) {
                Result of = result.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
                seen += of.seen();
                missed += of.missed();
            }
            return new Result(seen, missed);
        }
    }

    private static Result one(BankNode node, String name, int writes, boolean withToken) {
        String account = "/api/entities/account/" + name;
        written(node.post(account + "/open", "{\"owner\":\"Ada\",\"overdraft\":\"0.00\"}"));
        int seen = 0;
        for (int write = 1; write <= writes; write++) {
            String token = BankNode.token(written(
                    node.post(account + "/deposit", "{\"amount\":\"1.00\",\"reference\":\"" + name + "\"}")));
            String[] headers = withToken ? new String[]{"Consistency-Token", token} : new String[0];
            seen += shows(node.get("/api/views/balances/" + name, headers), "\"balance\":\"" + write + ".00\"");
            seen += shows(node.get("/api/views/turnover?reference=" + name, headers), "\"postings\":" + write + "}");
        }
        return new Result(seen, 2 * writes - seen);
    }

    private static HttpResponse<String> written(HttpResponse<String> answer) {
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
        return answer;
    }

    private static int shows(HttpResponse<String> answer, String write) {
        return answer.statusCode() == 200 && answer.body().contains(write) ? 1 : 0;
    }
}
