package io.ritsem.node;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.InstanceOfAssertFactories.STRING;

/** The start script in a tree that has nothing to build, so that an order that is let through ends with 1. */
class ScriptTest {

    @TempDir private Path tree;

    private record Ended(int code, String said) {}

    @BeforeEach void copy() throws IOException {
        for (String file : List.of("ritsem", "build/jdk.sh", "node/src/main/resources/ritsem/usage.txt")) {
            Path to = tree.resolve(file);
            Files.createDirectories(to.getParent());
            Files.copy(Checkout.module(file), to);
        }
        Files.createDirectories(tree.resolve("examples/bank"));
        Files.createFile(tree.resolve("examples/bank/pom.xml"));
    }

    @Test void refuses_before_it_builds_what_the_usage_text_does_not_know() throws Exception {
        assertThat(run("dev", "--htp-port", "1")).isEqualTo(refused("'dev' does not know '--htp-port'"));
        assertThat(run("serve", "--fresh")).isEqualTo(refused("'serve' does not know '--fresh'"));
        assertThat(run("migrate", "now")).isEqualTo(refused("'migrate' does not know 'now'"));
        assertThat(run("dev", "--data", "--fresh")).isEqualTo(refused("--data needs a value"));
        assertThat(run("events")).isEqualTo(refused("'events' needs 'export' or 'import'"));
        assertThat(run("events", "list")).isEqualTo(refused("'events' does not know 'list'"));
        assertThat(run("events", "export", "x")).isEqualTo(refused("'events export' does not know 'x'"));
        assertThat(run("events", "export", "--to")).isEqualTo(refused("--to needs a value"));
        assertThat(run("events", "import")).isEqualTo(refused("'events import' needs a file"));
        assertThat(run("events", "import", "a", "b")).isEqualTo(refused("'events import' does not know 'b'"));
        assertThat(run("cluster", "--fresh")).isEqualTo(refused("'cluster' does not know '--fresh'"));
        assertThat(run("deploy")).isEqualTo(refused("unknown command 'deploy'"));
    }

    @Test void lets_through_what_the_usage_text_knows() throws Exception {
        for (List<String> order : List.of(List.of("dev", "--http-port", "1", "--data", "a b", "--fresh"),
                List.of("serve", "--http-port", "0"), List.of("migrate"), List.of("events", "export"),
                List.of("events", "export", "--to", "a b"), List.of("events", "import", "a b"),
                List.of("cluster", "--url", "http://a:1"))) {
            Ended ended = run(order.toArray(String[]::new));

            assertThat(ended.code()).as(ended.said()).isEqualTo(1);
        }
    }

    @Test void says_of_a_folder_that_it_has_no_pom_before_it_builds() throws Exception {
        Path empty = Files.createDirectory(tree.resolve("empty"));

        Ended ended = run("dev", "--app", empty.toString());

        assertThat(ended.code()).isEqualTo(2);
        assertThat(ended.said()).contains("there is no pom.xml in '" + empty + "'");
    }

    @Test void takes_no_file_but_a_jar_for_an_application() throws Exception {
        Path pom = tree.resolve("examples/bank/pom.xml");

        assertThat(run("dev", "--app", pom.toString())).isEqualTo(new Ended(2,
                "ritsem: --app must name a Maven project's folder or a jar, not '" + pom + "'\n"));
    }

    @Test void helps_without_building_wherever_help_is_asked_for() throws Exception {
        Ended usage = new Ended(0, Files.readString(tree.resolve("node/src/main/resources/ritsem/usage.txt")));

        assertThat(run("help")).isEqualTo(usage);
        assertThat(run("dev", "--fresh", "--help")).isEqualTo(usage);
    }

    @Test void builds_an_application_anew_when_a_resource_was_deleted_and_not_otherwise() throws Exception {
        Path app = Files.createDirectories(tree.resolve("app"));
        Path resources = Files.createDirectories(app.resolve("src/main/resources"));
        Path deleted = Files.createFile(resources.resolve("deleted"));
        Files.createFile(app.resolve("pom.xml"));
        Path copy = Files.createDirectories(app.resolve("target/classes")).resolve("deleted");
        Files.createFile(copy);
        ritsemIsBuilt();
        Path maven = maven("touch '%1$s/app.jar' && : >'%1$s/ritsem-classpath'".formatted(app.resolve("target")));

        runWith(maven, "dev", "--app", app.toString());
        runWith(maven, "dev", "--app", app.toString());
        assertThat(built()).isEqualTo(1);

        Files.delete(deleted);
        runWith(maven, "dev", "--app", app.toString());
        assertThat(built()).isEqualTo(2);
        assertThat(copy).doesNotExist();
    }

    @Test void tells_why_a_build_has_failed_without_colours() throws Exception {
        Path app = Files.createDirectories(tree.resolve("app"));
        Files.createFile(app.resolve("pom.xml"));
        ritsemIsBuilt();
        Path maven = maven("printf '\\033[1;31mno\\033[0m such method\\n'; exit 1");

        Ended ended = run(with(maven), "dev", "--app", app.toString());

        assertThat(ended.code()).isEqualTo(1);
        assertThat(ended.said()).contains("no such method\n").doesNotContain("\033");
    }

    @Test void does_not_compile_the_tests_of_an_application() throws Exception {
        Path app = Files.createDirectories(tree.resolve("app/target")).getParent();
        Files.createFile(app.resolve("pom.xml"));
        ritsemIsBuilt();
        Path order = tree.resolve("order");

        runWith(maven("echo \"$@\" >'%s' && touch '%2$s/app.jar' && : >'%2$s/ritsem-classpath'".formatted(order,
                app.resolve("target"))), "dev", "--app", app.toString());

        assertThat(order).content().contains(" -Dmaven.test.skip=true package ");
    }

    @Test void has_the_lock_of_events_looked_at_before_it_starts_an_application_in_development() throws Exception {
        Path app = Files.createDirectories(tree.resolve("app/target")).getParent();
        Files.createFile(app.resolve("pom.xml"));
        ritsemIsBuilt();
        Files.createFile(Files.createDirectories(tree.resolve("testkit/target")).resolve("testkit.jar"));
        Path maven = maven("touch '%1$s/app.jar' && : >'%1$s/ritsem-classpath'".formatted(app.resolve("target")));

        assertThat(runWith(maven, "dev", "--app", app.toString())).doesNotContain("LockWarning");
        Files.createFile(Files.createDirectories(app.resolve("src/main/resources")).resolve("events.lock.json"));
        // The test kit's jar is empty, and the node is started all the same.
        assertThat(runWith(maven, "dev", "--app", app.toString()))
                .containsSubsequence("io.ritsem.testkit.LockWarning", "io.ritsem.node.Main");
        assertThat(runWith(maven, "serve", "--app", app.toString())).doesNotContain("LockWarning");
    }

    @Test void makes_an_aot_cache_once_that_fits_every_application_and_again_when_a_jar_has_changed() throws Exception {
        ritsemIsBuilt();
        Path app = Files.createFile(tree.resolve("app.jar"));
        Path cache = tree.resolve("target/ritsem/node.aot");
        Path jdk = jdk("case $* in *TrainingLoad*) : >'%s' ;; esac".formatted(cache));

        runOf(jdk, "views");
        assertThat(jvms(jdk)).singleElement(STRING).doesNotContain("AOTCache");
        runOf(jdk, "dev", "--app", app.toString());
        runOf(jdk, "serve");

        assertThat(jvms(jdk)).hasSize(4);
        String training = jvms(jdk).get(1);
        assertThat(training).contains("io.ritsem.harness.TrainingLoad", "-XX:AOTCacheOutput=" + cache);
        assertThat(jvms(jdk).subList(2, 4)).allSatisfy(node -> assertThat(node).contains("-XX:AOTCache=" + cache)
                .contains(" -cp " + trainedClassPath(training) + ":"));

        Files.setLastModifiedTime(tree.resolve("node/target/lib"), FileTime.from(Instant.now().plusSeconds(60)));
        runOf(jdk, "dev");
        assertThat(jvms(jdk)).hasSize(6).element(4, STRING).contains("io.ritsem.harness.TrainingLoad");
    }

    @Test void starts_a_node_without_a_cache_where_the_training_run_fails() throws Exception {
        ritsemIsBuilt();
        Path jdk = jdk("case $* in *TrainingLoad*) echo 'no memory'; exit 1 ;; esac");

        assertThat(runOf(jdk, "dev")).endsWith("ritsem: the training run failed, so nodes will start more slowly; "
                + tree.resolve("target/ritsem/training.log") + " tells why\n");

        assertThat(tree.resolve("target/ritsem/training.log")).hasContent("no memory");
        assertThat(jvms(jdk)).last(STRING).contains("io.ritsem.node.Main dev").doesNotContain("AOT");
    }

    /** A JDK whose java notes its arguments, a line each time, and does this. */
    private Path jdk(String does) throws IOException {
        Path jdk = Files.createDirectories(tree.resolve("jdk/bin")).getParent();
        Files.writeString(jdk.resolve("release"), "JAVA_VERSION=\"25.0.3\"\n");
        for (String program : List.of("java", "javac")) {
            Path file = jdk.resolve("bin").resolve(program);
            Files.writeString(file, "#!/bin/sh\necho \"$*\" >>'%s'\n%s\n".formatted(jdk.resolve("jvms"), does));
            assertThat(file.toFile().setExecutable(true)).isTrue();
        }
        return jdk;
    }

    private static List<String> jvms(Path jdk) throws IOException {
        return Files.readAllLines(jdk.resolve("jvms"));
    }

    /** That of the node, which comes after the one of what starts it. */
    private static String trainedClassPath(String training) {
        return training.replaceFirst(".* -cp (\\S+) io\\.ritsem\\.node\\.Training .*", "$1");
    }

    private String runOf(Path jdk, String... order) throws IOException, InterruptedException {
        Ended ended = run(Map.of("JAVA_HOME", jdk.toString()), order);
        assertThat(ended.code()).as(ended.said()).isZero();
        return ended.said();
    }

    private void ritsemIsBuilt() throws IOException {
        for (String module : List.of("domain", "embedded-postgres", "runtime", "projections", "http-api", "testkit")) {
            Files.createDirectories(tree.resolve(module));
        }
        Files.createDirectories(tree.resolve("node/target/lib"));
        Files.createFile(tree.resolve("node/target/node.jar"));
        Files.createFile(Files.createDirectories(tree.resolve("harness/target")).resolve("harness.jar"));
        Files.createFile(Files.createDirectories(tree.resolve("examples/bank/target")).resolve("bank.jar"));
        Files.createFile(tree.resolve("pom.xml"));
        Files.createFile(Files.createDirectories(tree.resolve("target/ritsem")).resolve("built"));
    }

    /** A Maven that does this instead of building, and counts. */
    private Path maven(String does) throws IOException {
        Path maven = Files.createDirectories(tree.resolve("bin")).resolve("mvn");
        Files.writeString(maven, "#!/bin/sh\necho built >>'%s'\n%s\n".formatted(tree.resolve("builds"), does));
        assertThat(maven.toFile().setExecutable(true)).isTrue();
        return maven;
    }

    private int built() throws IOException {
        return Files.readAllLines(tree.resolve("builds")).size();
    }

    private static Ended refused(String why) {
        return new Ended(2, "ritsem: " + why + "; './ritsem help' tells more\n");
    }

    private static Map<String, String> with(Path maven) {
        return Map.of("PATH", maven.getParent() + ":" + System.getenv("PATH"));
    }

    private Ended run(String... order) throws IOException, InterruptedException {
        return run(Map.of(), order);
    }

    private String runWith(Path maven, String... order) throws IOException, InterruptedException {
        Ended ended = run(with(maven), order);
        // The node's jar is empty.
        assertThat(ended.said()).contains("io.ritsem.node.Main");
        return ended.said();
    }

    private Ended run(Map<String, String> environment, String... order) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of(tree.resolve("ritsem").toString()));
        command.addAll(List.of(order));
        Path said = tree.resolve("said");
        ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(said.toFile());
        builder.environment().putAll(environment);
        Process script = builder.start();
        try {
            assertThat(script.waitFor(60, TimeUnit.SECONDS)).as("ends").isTrue();
        } finally {
            script.destroyForcibly();
        }
        return new Ended(script.exitValue(), Files.readString(said));
    }
}
