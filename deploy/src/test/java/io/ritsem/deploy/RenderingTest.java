package io.ritsem.deploy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;
import static org.junit.jupiter.api.Assumptions.abort;

/** What the other tests look at is what {@code kubectl} makes of the manifests today. */
class RenderingTest {

    private static final int SECONDS = 60;
    /** Of kubectl 1: the first one whose kustomize knows components. */
    private static final int OLDEST_MINOR = 21;

    @TempDir private Path folder;

    @BeforeEach void needs_kubectl() throws Exception {
        String version = "";
        try {
            version = kubectl("version", "--client", "--output=yaml");
        } catch (IOException none) {
            skip("there is no kubectl on the path");
        }
        String minor = version.replaceAll("(?s).*minor: \"?(\\d+).*", "$1");
        if (!minor.matches("\\d+") || Integer.parseInt(minor) < OLDEST_MINOR) {
            skip("the kubectl on the path is older than 1." + OLDEST_MINOR + ": " + version.strip());
        }
    }

    @ParameterizedTest @CsvSource({"overlays/dev, dev", "overlays/prod, prod",
        "src/test/kustomize/my, my",
        "src/test/kustomize/drill, drill"}) void what_is_checked_in_is_what_the_manifests_render_to(String overlay,
                String rendering) throws Exception {
        assertThat(Manifests.rendered(rendering).objects())
                .as("checked in, compared with what is rendered now; if that is what was meant, run deploy/render")
                .containsExactlyInAnyOrderElementsOf(Manifests.parse(kubectl("kustomize", overlay)));
    }

    private static void skip(String why) {
        String message = "Nobody can see whether deploy/src/test/resources/rendered is up to date: " + why
                + "; install kubectl 1." + OLDEST_MINOR + " or newer";
        if ("true".equals(System.getenv("CI"))) {
            fail(message);
        }
        abort(message);
    }

    private String kubectl(String... words) throws IOException, InterruptedException {
        Path said = folder.resolve("said");
        Path complained = folder.resolve("complained");
        Process process = new ProcessBuilder(Stream.concat(Stream.of("kubectl"), Stream.of(words)).toList())
                .redirectOutput(said.toFile())
                .redirectError(complained.toFile())
                .start();
        try {
            assertThat(process.waitFor(SECONDS, TimeUnit.SECONDS)).as("%s ended", List.of(words)).isTrue();
            assertThat(process.exitValue()).as(Files.readString(complained)).isZero();
        } finally {
            process.destroyForcibly();
        }
        return Files.readString(said);
    }
}
