package io.ritsem.node;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.Socket;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;

import org.junit.jupiter.api.Test;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/** HTTP stops first, and all that a command needs after it: what has begun is answered. */
class NodeStopTest {

    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final int CALLERS = 8;
    private static final int BEFORE_THE_STOP = 200;

    @Test void answers_a_command_that_is_being_stored_when_the_stop_begins() throws Exception {
        try (BankNode node = BankNode.start(); ExecutorService others = Executors.newVirtualThreadPerTaskExecutor()) {
            int port = node.port();
            open(port, "held");
            Future<RawHttp.Answer> held;
            Future<?> stop;
            try (Connection blocker = DriverManager.getConnection(node.url());
                    Statement statement = blocker.createStatement()) {
                blocker.setAutoCommit(false);
                statement.execute("LOCK TABLE ritsem.event_journal IN SHARE MODE");
                held = others.submit(() -> deposit(port, "held", "held"));
                await().atMost(PATIENCE).until(() -> isBlocked(node));

                stop = others.submit(node::stop);
                await().atMost(PATIENCE).until(() -> !listens(port));
                blocker.rollback();
            }

            RawHttp.Answer answer = held.get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
            assertThat(answer.status()).as(answer.text()).isEqualTo(200);
            assertThat(answer.header("Consistency-Token")).isNotEmpty();
            stop.get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
        }
    }

    @Test void leaves_no_stored_command_without_an_answer_and_answers_none_with_500() throws Exception {
        try (BankNode node = BankNode.start(); ExecutorService callers = Executors.newVirtualThreadPerTaskExecutor()) {
            int port = node.port();
            Map<String, Integer> answered = new ConcurrentHashMap<>();
            List<? extends Future<?>> running = IntStream.range(0, CALLERS).mapToObj(caller -> {
                open(port, "caller-" + caller);
                return callers.submit(() -> depositUntilRefused(port, caller, answered));
            }).toList();
            await().atMost(PATIENCE).until(() -> answered.size() >= BEFORE_THE_STOP);

            node.stop();
            for (Future<?> caller : running) {
                caller.get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
            }

            // 503: it came too late to be decided
            assertThat(answered.values()).contains(200).isSubsetOf(200, 503);
            assertThat(node
                    .ask("SELECT count(*) FROM ritsem.event_journal WHERE event_ser_manifest = 'account.deposited/1'"))
                    .isEqualTo(Long.toString(answered.values().stream().filter(status -> status == 200).count()));
        }
    }

    /** Each deposit on a connection of its own, so that one is refused before it is read, or never. */
    private static void depositUntilRefused(int port, int caller, Map<String, Integer> answered) {
        for (int deposit = 0; true; deposit++) {
            String reference = caller + "-" + deposit;
            try {
                answered.put(reference, deposit(port, "caller-" + caller, reference).status());
            } catch (UncheckedIOException refused) {
                return;
            }
        }
    }

    private static void open(int port, String account) {
        RawHttp.Answer opened = post(port, account, "open", "{\"owner\":\"Ada\",\"overdraft\":\"0\"}");
        assertThat(opened.status()).as(opened.text()).isEqualTo(200);
    }

    private static RawHttp.Answer deposit(int port, String account, String reference) {
        return post(port, account, "deposit", "{\"amount\":\"1.00\",\"reference\":\"" + reference + "\"}");
    }

    private static RawHttp.Answer post(int port, String account, String command, String body) {
        return RawHttp.send(port, new RawHttp.Request("POST", "/api/entities/account/" + account + '/' + command,
                List.of("Content-Type: application/json"), body.getBytes(UTF_8)));
    }

    private static boolean listens(int port) {
        try (Socket _ = new Socket(InetAddress.getLoopbackAddress(), port)) {
            return true;
        } catch (IOException refused) {
            return false;
        }
    }

    private static boolean isBlocked(BankNode node) {
        return !node.ask("SELECT count(*) FROM pg_stat_activity "
                + "WHERE datname = current_database() AND wait_event_type = 'Lock'").equals("0");
    }
}
