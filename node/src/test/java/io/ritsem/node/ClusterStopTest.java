package io.ritsem.node;

import java.net.http.HttpResponse;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/** One of several nodes stops in order while the others are at work. */
class ClusterStopTest {

    private static final int CLIENTS = 8;
    private static final int ACCOUNTS = 40;
    private static final String DEPOSIT = "{\"amount\":\"1.00\",\"reference\":\"r\"}";

    private final Queue<String> wrong = new ConcurrentLinkedQueue<>();
    private final AtomicInteger answered = new AtomicInteger();
    private final AtomicInteger sent = new AtomicInteger();
    private final AtomicBoolean enough = new AtomicBoolean();

    @Test void nobody_who_asks_the_others_notices_that_one_stops() throws Exception {
        try (BankCluster cluster = BankCluster.of(3, Map.of());
                ExecutorService clients = Executors.newVirtualThreadPerTaskExecutor()) {
            for (int account = 0; account < ACCOUNTS; account++) {
                expectOk(cluster.node(account % 3)
                        .post(path(account) + "/open", "{\"owner\":\"Ada\",\"overdraft\":\"0\"}"));
            }
            List<Future<?>> load = IntStream.range(0, CLIENTS)
                    .<Future<?>>mapToObj(client -> clients.submit(() -> ask(cluster.node(client % 2), client)))
                    .toList();

            try {
                cluster.node(2).stop();
            } finally {
                enough.set(true);
            }

            for (Future<?> client : load) {
                client.get(60, TimeUnit.SECONDS);
            }
            assertThat(wrong).as("of %d answers", answered.get()).isEmpty();
            assertThat(cluster.node(0).ask("SELECT count(*) FROM ritsem.event_journal"))
                    .isEqualTo(Integer.toString(ACCOUNTS + sent.get()));
        }
    }

    /** Deposits with a key and without in turns, and reads; of every account a few times more when the node has stopped. */
    private void ask(BankNode node, int client) {
        int left = 3 * ACCOUNTS;
        for (int turn = client; left > 0; turn++) {
            String account = path(turn % ACCOUNTS);
            sent.incrementAndGet();
            expectOk(turn / ACCOUNTS % 2 == 0
                    ? node.post(account + "/deposit", DEPOSIT, "Idempotency-Key", client + "-" + turn)
                    : node.post(account + "/deposit", DEPOSIT));
            expectOk(node.get(account));
            left -= enough.get() ? 1 : 0;
        }
    }

    private void expectOk(HttpResponse<String> answer) {
        answered.incrementAndGet();
        if (answer.statusCode() != 200) {
            wrong.add(answer.uri() + " " + answer.statusCode() + " " + answer.body());
        }
    }

    private static String path(int account) {
        return "/api/entities/account/a" + account;
    }
}
