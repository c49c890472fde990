package io.ritsem.chaos.cluster;

import java.io.IOException;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;

import io.ritsem.chaos.fault.Pause;
import io.ritsem.chaos.load.Traffic;
import io.ritsem.chaos.releases.Releases;
import io.ritsem.chaos.scenario.Run;
import io.ritsem.harness.HttpCaller;

/**
 * A cluster is updated to another release of the application, node by node and under load: one with a new event, a changed
 * view, a new entity type and a view of that. Halfway it is rolled back once. While a node of the old release is at work
 * the new event is refused, and once it is stored the old release refuses to start. No request of the others fails.
 */
final class ClusterUpgrade implements UnderTraffic {

    private static final int BETWEEN_MILLIS = 2_000;
    private static final int FULL_SERVICE_SECONDS = 60;
    private static final int SOON_SECONDS = 90;
    private static final Map<String, String> FIRST = Map.of(Releases.RELEASE, "1");
    private static final Map<String, String> SECOND = Map.of(Releases.RELEASE, "2");

    @Override public String name() {
        return "cluster-upgrade";
    }

    @Override public Cluster open(Run run) throws IOException, SQLException {
        return Cluster.open(run, FIRST);
    }

    @Override public String happen(Cluster cluster, Traffic traffic, List<String> broken) throws IOException {
        long began = System.nanoTime();
        String reason = new Update(cluster, broken).all();
        broken.addAll(cluster.service().await(System.nanoTime(), FULL_SERVICE_SECONDS).missing());
        traffic.stop();
        return RollingRestart.unnoticed(cluster, began, broken) + "; " + reason;
    }

    /** The steps of it. */
    private record Update(Cluster cluster, List<String> broken) {

        String all() throws IOException {
            List<ClusterNode> nodes = cluster.nodes();
            expect(post(nodes.getFirst(), "memo/m/write", "{\"text\":\"a\"}"), 200, "\"version\":1");
            roll(nodes.getFirst(), SECOND);
            refusedWhileOldNodesAreAtWork(nodes.getFirst());
            roll(nodes.getFirst(), FIRST);
            for (ClusterNode node : nodes) {
                roll(node, SECOND);
            }
            newThingsWork(nodes);
            return rolledBackTooLate(nodes.getLast());
        }

        private void roll(ClusterNode node, Map<String, String> release) {
            Pause.millis(BETWEEN_MILLIS);
            OptionalInt exit = cluster.platform().roll(node, release);
            if (!exit.equals(OptionalInt.of(0))) {
                broken.add("node %d was asked to stop and ended with %s".formatted(node.number(), exit));
            }
        }

        private void refusedWhileOldNodesAreAtWork(ClusterNode upgraded) throws IOException {
            expect(post(upgraded, "memo/m/amend", "{\"by\":\"b\"}"), 503, "older-nodes-at-work");
            expect(post(upgraded, "memo/m/write", "{\"text\":\"c\"}"), 200, "\"version\":2");
            expect(get(upgraded, "/api/entities/memo/m"), 200, "\"text\":\"c\"");
        }

        private void newThingsWork(List<ClusterNode> nodes) throws IOException {
            for (ClusterNode node : nodes) {
                expectSoon(node, "memo/m" + node.number() + "/amend", "{\"by\":\"d\"}");
                expectSoon(node, "voucher/v" + node.number() + "/issue", "{\"to\":\"e\"}");
            }
            expectSoon(nodes.getFirst(), "memo/m/amend", "{\"by\":\"d\"}");
            for (ClusterNode node : nodes) {
                awaitRow(node, "/api/views/memos/m", "\"text\":\"cd\"");
                awaitRow(node, "/api/views/vouchers/v" + node.number(), "\"to\":\"e\"");
            }
        }

        /** Tries to go back although what only the second release can read is stored. */
        private String rolledBackTooLate(ClusterNode node) throws IOException {
            OptionalInt exit = cluster.platform().tryAnother(node, FIRST);
            String said = cluster.said(node.number());
            String reason = said.lines().filter(line -> line.startsWith("ritsem: ")).reduce("", (_, last) -> last);
            if (!exit.equals(OptionalInt.of(1)) || !reason.contains("memo.amended/1")) {
                broken.add("the old release ended with %s and said '%s'".formatted(exit, reason));
            }
            var _ = cluster.platform().roll(node, SECOND);
            return "then: " + reason;
        }

        private void expect(HttpCaller.Answer answer, int status, String part) {
            if (answer.status() != status || !answer.body().contains(part)) {
                broken.add("%d with %s was expected, and it is %d: %s".formatted(status, part, answer.status(),
                        answer.body()));
            }
        }

        /** Within the time for which a node that is gone still counts. */
        private void expectSoon(ClusterNode node, String command, String body) throws IOException {
            long end = System.nanoTime() + SOON_SECONDS * 1_000_000_000L;
            HttpCaller.Answer answer = post(node, command, body);
            while (answer.status() == 503 && System.nanoTime() < end) {
                Pause.millis(200);
                answer = post(node, command, body);
            }
            expect(answer, 200, "\"version\":");
        }

        private void awaitRow(ClusterNode node, String path, String part) throws IOException {
            long end = System.nanoTime() + SOON_SECONDS * 1_000_000_000L;
            HttpCaller.Answer answer = get(node, path);
            while (!answer.body().contains(part) && System.nanoTime() < end) {
                Pause.millis(200);
                answer = get(node, path);
            }
            expect(answer, 200, part);
        }

        private static HttpCaller.Answer post(ClusterNode node, String command, String body) throws IOException {
            try (HttpCaller caller = new HttpCaller(node.address())) {
                return caller.post("/api/entities/" + command, "", body);
            }
        }

        private static HttpCaller.Answer get(ClusterNode node, String path) throws IOException {
            try (HttpCaller caller = new HttpCaller(node.address())) {
                return caller.get(path, "");
            }
        }
    }
}
