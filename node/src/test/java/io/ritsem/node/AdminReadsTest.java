package io.ritsem.node;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/** What operators read while the database lets them wait, on a whole node. */
class AdminReadsTest {

    private static final Duration SOON = Duration.ofSeconds(20);
    private static final List<String> READS = List.of("projections", "projections/balances", "dead-letters", "audit");

    @Test void however_many_read_only_two_have_a_connection_and_the_others_are_answered_in_time() throws Exception {
        try (BankNode node = BankNode.start(); Connection other = DriverManager.getConnection(node.url())) {
            other.setAutoCommit(false);
            execute(other, "lock table ritsem.audit, ritsem.dead_letter");
            List<CompletableFuture<Integer>> reads = IntStream.range(0, 12)
                    .mapToObj(n -> CompletableFuture.supplyAsync(
                            () -> node.get("/api/admin/" + READS.get(n % READS.size())).statusCode(),
                            command -> Thread.ofVirtual().start(command)))
                    .toList();
            await().atMost(SOON).during(Duration.ofMillis(300)).until(() -> waiting(other) == 2);
            assertThat(node.post("/api/entities/account/ada/open", "{\"owner\":\"Ada\",\"overdraft\":\"0\"}")
                    .statusCode()).isEqualTo(200);
            // Each of the two is given up by the server after two seconds, so the last of the twelve finds no turn in ten.
            assertThat(reads).allSatisfy(read -> assertThat(read).succeedsWithin(SOON).isEqualTo(503));
            other.rollback();
            READS.forEach(read -> assertThat(node.get("/api/admin/" + read).statusCode()).isEqualTo(200));
        }
    }

    private static void execute(Connection connection, String sql) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    /** How many wait for the lock. */
    private static int waiting(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet count = statement
                        .executeQuery("select count(*) from pg_locks where not granted and database = "
                                + "(select oid from pg_database where datname = current_database()) and relation in "
                                + "('ritsem.audit'::regclass, 'ritsem.dead_letter'::regclass)")) {
            count.next();
            return count.getInt(1);
        }
    }
}
