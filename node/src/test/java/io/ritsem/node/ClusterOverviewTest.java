package io.ritsem.node;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.net.httpserver.HttpServer;
import org.junit.jupiter.api.Test;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/** What an operator is told of who has what. */
class ClusterOverviewTest {

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Pattern MEMBER = Pattern.compile(
            "ritsem@127.0.0.1:[0-9]+ +up(, oldest)?(, asked)? +([0-9]+) +([0-9]+)  balances ([0-9,-]+)( .*)?");

    @Test void a_node_tells_its_members_and_where_each_shard_is() throws Exception {
        try (BankNode node = BankNode.start()) {
            open(node, "ada");

            JsonNode cluster = JSON.readTree(node.get("/api/admin/cluster").body());

            String self = cluster.path("node").asText();
            assertThat(self).matches("akka://ritsem@127\\.0\\.0\\.1:[0-9]+");
            assertThat(cluster.path("members")).hasToString(("[{\"node\":\"%s\",\"status\":\"up\",\"reachable\":true,"
                    + "\"oldest\":true,\"answered\":true}]").formatted(self));
            assertThat(cluster.path("numberOfShards").asInt()).isEqualTo(100);
            assertThat(cluster.path("shards")).hasSize(1);
            assertThat(cluster.at("/shards/0/node").asText()).isEqualTo(self);
            assertThat(cluster.at("/shards/0/entities").asInt()).isEqualTo(1);
        }
    }

    @Test void prints_a_line_for_each_node_with_what_it_has() throws Exception {
        try (BankCluster cluster = BankCluster.of(3, Map.of())) {
            for (int account = 0; account < 30; account++) {
                open(cluster.node(account % 3), "a" + account);
            }
            for (BankNode asked : cluster.nodes()) {
                await().untilAsserted(() -> tellsOfAll(asked.say("cluster")));
            }
        }
    }

    private static void tellsOfAll(String said) {
        List<String> lines = Arrays.asList(said.split("\n"));
        int shards = 0;
        int entities = 0;
        Set<Integer> partitions = new TreeSet<>();
        for (String line : lines.subList(1, 4)) {
            var member = MEMBER.matcher(line);
            assertThat(member.matches()).as(said).isTrue();
            shards += Integer.parseInt(member.group(3));
            entities += Integer.parseInt(member.group(4));
            partitions.addAll(numbers(member.group(5)));
        }
        assertThat(entities).as(said).isEqualTo(30);
        assertThat(partitions).as(said).hasSize(32);
        assertThat(said).containsOnlyOnce("oldest").containsOnlyOnce("asked");
        assertThat(lines.get(4)).as(said).matches("nobody +" + (100 - shards));
        assertThat(lines).as(said).hasSize(5);
    }

    private static Set<Integer> numbers(String ranges) {
        Set<Integer> numbers = new HashSet<>();
        for (String range : ranges.split(",")) {
            String[] ends = range.split("-");
            for (int number = Integer.parseInt(ends[0]); number <= Integer.parseInt(ends[ends.length - 1]); number++) {
                assertThat(numbers.add(number)).as(ranges).isTrue();
            }
        }
        return numbers;
    }

    @Test void calls_unknown_what_a_silent_member_may_have() throws IOException {
        assertThat(told(member("a", true), member("b", true))).containsExactly("a up 1 5", "b up 0 0",
                "nobody 3 v 0-1");
        assertThat(told(member("a", true), member("b", false))).containsExactly("a up 1 5", "b up, silent ? ?", "? 3",
                "nobody ? v 0-1");
    }

    private static String member(String name, boolean answered) {
        return "{\"node\":\"%s\",\"status\":\"up\",\"reachable\":true,\"answered\":%b}".formatted(name, answered);
    }

    /** The lines about a cluster of which {@code a} has one shard of four, and nobody the partitions of a view. */
    private static List<String> told(String... members) throws IOException {
        HttpServer node = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        answer(node, "/api/admin/cluster", """
                                           {"node":"c","numberOfShards":4,"members":[%s],
                                            "shards":[{"node":"a","shard":"1","entities":5}]}"""
                .formatted(String.join(",", members)));
        answer(node, ViewsClient.PATH,
                """
                {"views":[{"view":"v","generations":[{"state":"serving","partitions":[
                  {"partition":0,"condition":"unowned"},{"partition":1,"condition":"unowned"}]}]}]}""");
        node.start();
        ByteArrayOutputStream printed = new ByteArrayOutputStream();
        try (PrintStream out = new PrintStream(printed, true, UTF_8)) {
            new ClusterClient(URI.create("http://127.0.0.1:" + node.getAddress().getPort()), out).show();
        } finally {
            node.stop(0);
        }
        return printed.toString(UTF_8).lines().skip(1).map(line -> line.strip().replaceAll(" +", " ")).toList();
    }

    private static void answer(HttpServer node, String path, String json) {
        node.createContext(path, exchange -> {
            try (exchange) {
                exchange.sendResponseHeaders(200, 0);
                exchange.getResponseBody().write(json.getBytes(UTF_8));
            }
        });
    }

    @Test void tells_numbers_as_ranges() {
        assertThat(ClusterClient.ranges(new TreeSet<>(Set.of(0, 1, 2, 5, 7, 8)))).isEqualTo("0-2,5,7-8");
        assertThat(ClusterClient.ranges(new TreeSet<>())).isEmpty();
    }

    private static void open(BankNode node, String account) {
        assertThat(node.post("/api/entities/account/" + account + "/open", "{\"owner\":\"Ada\",\"overdraft\":\"0\"}")
                .statusCode()).isEqualTo(200);
    }
}
