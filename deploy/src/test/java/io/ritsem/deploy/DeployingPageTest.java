package io.ritsem.deploy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.ServiceAccount;
import io.fabric8.kubernetes.api.model.gatewayapi.v1.HTTPRoute;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/** What docs/deploying.md prints to be pasted is what is rendered here, so it does what the page says. */
class DeployingPageTest {

    private static final Path PAGE = Path.of("../docs/deploying.md");
    private static final Pattern YAML = Pattern.compile("```yaml\n# (\\w+)/kustomization.yaml[^\n]*\n(.*?)```\n",
            Pattern.DOTALL);
    private static final Pattern NAMED = Pattern.compile(
            "(?:deployment|job|clusters\\.postgresql\\.cnpg\\.io)/[a-z][a-z0-9-]*"
                    + "|(?:app\\.kubernetes\\.io/[a-z]+|cnpg\\.io/cluster)=[a-z][a-z0-9-]*");
    private static final ObjectMapper MAPPER = new ObjectMapper(new YAMLFactory());

    @ParameterizedTest @ValueSource(strings = {"my", "drill"}) void all_that_the_page_adds_to_an_overlay_is_rendered(
            String overlay) throws IOException {
        ObjectNode printed = MAPPER.createObjectNode();
        for (MatchResult block : YAML.matcher(Files.readString(PAGE)).results().toList()) {
            if (block.group(1).equals(overlay)) {
                add(printed, MAPPER.readTree(fromHere(block.group(2))));
            }
        }
        JsonNode rendered = MAPPER.readTree(Path.of("src/test/kustomize", overlay, "kustomization.yaml").toFile());
        assertThat(fields(printed)).isEqualTo(fields(rendered));
    }

    @Test void all_yaml_of_the_page_says_into_which_overlay_it_goes() throws IOException {
        String page = Files.readString(PAGE);
        assertThat(page.split("```yaml", -1)).hasSize(1 + (int) YAML.matcher(page).results().count());
    }

    @Test void what_the_page_adds_takes_effect() {
        Manifests my = Manifests.rendered("my");
        assertThat(my.node().getImage()).startsWith("registry.example.com/my-application@sha256:");
        assertThat(my.configuration().get("JAVA_TOOL_OPTIONS")).contains("bulk-window");
        assertThat(my.only(ServiceAccount.class).getImagePullSecrets().getFirst().getName()).isEqualTo("my-registry");
        CustomKind.ObjectStore.Configuration store = my.only(CustomKind.ObjectStore.class).spec().configuration();
        assertThat(store.destinationPath()).isEqualTo("s3://my-bucket/");
        assertThat(store.endpointURL()).isEqualTo("https://s3.example.com");
        HTTPRoute route = my.only(HTTPRoute.class);
        assertThat(route.getSpec().getHostnames()).containsExactly("api.example.com");
        assertThat(route.getSpec().getParentRefs().getFirst().getName()).isEqualTo("my-gateway");
        assertThat(Manifests.rendered("drill").only(CustomKind.Cluster.class).metadata().name())
                .isNotEqualTo(my.only(CustomKind.Cluster.class).metadata().name());
    }

    @Test void commands_name_only_what_there_is() throws IOException {
        Set<String> there = new HashSet<>();
        Manifests production = Manifests.rendered("prod");
        production.pods().forEach(pod -> there.addAll(shown(pod.getMetadata().getLabels())));
        for (HasMetadata one : production.all(HasMetadata.class)) {
            there.add(one.getKind().toLowerCase(Locale.ROOT) + '/' + one.getMetadata().getName());
        }
        CustomKind.Cluster database = production.only(CustomKind.Cluster.class);
        there.addAll(shown(database.metadata().labels()));
        there.add("cnpg.io/cluster=" + database.metadata().name());
        there.add("clusters.postgresql.cnpg.io/" + database.metadata().name());
        List<String> named = NAMED.matcher(Files.readString(PAGE)).results().map(MatchResult::group).toList();
        assertThat(named).hasSizeGreaterThan(10).isSubsetOf(there);
    }

    @Test void the_name_that_is_replaced_in_a_copy_of_the_component_is_the_one_that_it_has() throws IOException {
        String replaced = Manifests.rendered("drill").only(CustomKind.Cluster.class).metadata().name();
        assertThat(Files.readString(PAGE)).contains("s/" + replaced + "/$db/g");
    }

    /** Two blocks that both have patches are one list of patches, for who pastes them as the page says. */
    private static void add(ObjectNode all, JsonNode block) {
        for (Map.Entry<String, JsonNode> field : block.properties()) {
            if (all.get(field.getKey()) instanceof ArrayNode list) {
                list.addAll((ArrayNode) field.getValue());
            } else {
                assertThat(all.has(field.getKey())).as(field.getKey()).isFalse();
                all.set(field.getKey(), field.getValue());
            }
        }
    }

    /** A patch is YAML in YAML, whose comments do not count; the order of a list does not, either. */
    private static Map<String, Set<JsonNode>> fields(JsonNode overlay) throws IOException {
        Map<String, Set<JsonNode>> fields = new TreeMap<>();
        for (Map.Entry<String, JsonNode> field : overlay.properties()) {
            List<JsonNode> values = new ArrayList<>();
            for (JsonNode value : field.getValue().isArray() ? field.getValue() : List.of(field.getValue())) {
                if (value.has("patch")) {
                    ((ObjectNode) value).set("patch", MAPPER.readTree(value.path("patch").asText()));
                }
                values.add(value);
            }
            fields.put(field.getKey(), Set.copyOf(values));
        }
        return fields;
    }

    private static String fromHere(String block) {
        return block.replace("../deploy/", "../../../../")
                .replace("[restored]", "[../../../../components/restored]")
                .replace("sha256:...", "sha256:" + "0".repeat(64));
    }

    private static List<String> shown(Map<String, String> labels) {
        return labels.entrySet().stream().map(label -> label.getKey() + '=' + label.getValue()).toList();
    }
}
