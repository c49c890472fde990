package io.ritsem.node;

import java.io.IOException;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

class NodeProcessesTest {

    private static final Duration PATIENCE = Duration.ofSeconds(60);

    @TempDir private Path folder;

    /** A process with one node. */
    static final class Parent {

        private Parent() {}

        public static void main(String[] databaseUrl) {
            new NodeProcesses(1, 0, databaseUrl[0], System.out).start();
        }
    }

    @Test void a_node_that_ends_is_started_again_a_little_later_each_time_and_ends_when_its_parent_is_gone()
            throws IOException {
        Process parent = parent();
        ProcessHandle node = parent.toHandle();
        try {
            awaitSaid("[1] Ritsem is ready");
            nodeOf(parent).destroyForcibly();
            awaitSaid("[1] has ended (exit code 137)\n[1] is started again in 1 s\n");
            nodeOf(parent).destroyForcibly();
            awaitSaid("[1] has ended (exit code 137)\n[1] is started again in 2 s\n");
            node = nodeOf(parent);
            awaitSaid("/ready  pid " + node.pid());
            assertThat(Files.readString(folder.resolve("said"))).containsPattern(
                    "\\[1] API http://127\\.0\\.0\\.1:[0-9]+/api  health http://127\\.0\\.0\\.1:[0-9]+/ready  pid "
                            + node.pid());

            parent.destroyForcibly();

            await().atMost(PATIENCE).until(node.onExit()::isDone);
        } finally {
            parent.destroyForcibly();
            node.destroyForcibly();
        }
    }

    @Test void waits_no_longer_for_the_others_once_one_has_failed() {
        CompletableFuture<Void> starting = new CompletableFuture<>();
        CompletableFuture<Void> failed = new CompletableFuture<>();
        CompletableFuture<Void> all = NodeProcesses.allUnlessOneFails(List.of(starting, failed));
        assertThat(all).isNotDone();

        failed.completeExceptionally(new NodeStartException("planted"));

        assertThat(all).isCompletedExceptionally();
    }

    @Test void names_the_option_for_the_port_that_it_sets_and_for_no_other() throws IOException {
        try (ServerSocket taken = new ServerSocket(0)) {
            assertThatThrownBy(() -> NodeProcesses.requireFree(1, taken.getLocalPort()))
                    .isInstanceOf(NodeStartException.class)
                    .hasMessageContaining("--http-port");
        }
        // an address for documentation, which no machine has
        assertThatThrownBy(() -> NodeProcesses.freePort(List.of("127.0.0.1", "192.0.2.1")))
                .isInstanceOf(NodeStartException.class)
                .hasMessageContaining("of 192.0.2.1 cannot be had")
                .hasMessageNotContaining("--http-port");
    }

    private Process parent() throws IOException {
        return new ProcessBuilder(Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Dakka.management.cluster.bootstrap.contact-point-discovery.stable-margin=500ms", "-cp",
                System.getProperty("java.class.path"), Parent.class.getName(), BankNode.migrated())
                .redirectErrorStream(true)
                .redirectOutput(folder.resolve("said").toFile())
                .start();
    }

    private void awaitSaid(String words) {
        await().atMost(PATIENCE).until(() -> Files.readString(folder.resolve("said")), said -> said.contains(words));
    }

    private static ProcessHandle nodeOf(Process parent) {
        return await().atMost(PATIENCE)
                .until(() -> parent.children().filter(ProcessHandle::isAlive).findFirst(), found -> found.isPresent())
                .orElseThrow();
    }
}
