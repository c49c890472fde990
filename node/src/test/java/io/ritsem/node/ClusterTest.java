package io.ritsem.node;

import java.net.http.HttpResponse;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** Several nodes that are one. */
class ClusterTest {

    @Test void any_node_takes_any_request_of_one_entity() throws Exception {
        try (BankCluster cluster = BankCluster.of(3, Map.of())) {
            for (int account = 0; account < 20; account++) {
                String path = "/api/entities/account/a" + account;
                HttpResponse<String> opened = cluster.node(account % 3)
                        .post(path + "/open", "{\"owner\":\"Ada\",\"overdraft\":\"0\"}");
                assertThat(opened.statusCode()).as(opened.body()).isEqualTo(200);
                Set<String> states = new HashSet<>();
                for (int turn = 1; turn <= 3; turn++) {
                    HttpResponse<String> paid = cluster.node((account + turn) % 3)
                            .post(path + "/deposit", "{\"amount\":\"1.00\",\"reference\":\"r\"}");
                    assertThat(paid.headers().firstValue("ETag")).as(paid.body()).contains("\"" + (turn + 1) + "\"");
                }
                cluster.nodes().forEach(node -> states.add(node.get(path).body()));
                assertThat(states).hasSize(1).first().asString().contains("\"version\":4", "\"balance\":\"3.00\"");
            }
            assertThat(cluster.node(0).ask("SELECT count(*) FROM ritsem.event_journal")).isEqualTo("80");
        }
    }

    @Test void a_node_with_another_database_is_not_taken_in() throws Exception {
        try (BankCluster cluster = BankCluster.of(1, Map.of())) {
            String other = BankNode.migrated();

            assertThatThrownBy(() -> cluster.join(other)).isInstanceOf(NodeStartException.class)
                    .hasMessageContaining("have another database");

            assertThat(cluster.node(0).get("/api/admin/cluster").body()).containsOnlyOnce("\"status\":\"up\"");
            var _ = cluster.join();
            assertThat(cluster.node(0).get("/api/admin/cluster").body().split("\"status\":\"up\"", -1)).hasSize(3);
        }
    }
}
