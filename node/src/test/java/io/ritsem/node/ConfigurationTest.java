package io.ritsem.node;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import com.typesafe.config.ConfigObject;
import com.typesafe.config.ConfigParseOptions;
import com.typesafe.config.ConfigUtil;
import com.typesafe.config.ConfigValue;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/** Each reference.conf is the manual of its module: every key is explained, and read. */
class ConfigurationTest {

    /** Blocks that others read, and who. */
    private static final Map<String, String> READ_BY_OTHERS = Map.of(
            "ritsem.runtime.journal.lane", "Akka, as a journal plugin",
            "ritsem.runtime.journal.lane-0", "Akka, as a journal plugin",
            "ritsem.runtime.journal.lane-1", "Akka, as a journal plugin",
            "ritsem.runtime.journal.lane-2", "Akka, as a journal plugin",
            "ritsem.runtime.journal.lane-3", "Akka, as a journal plugin",
            "ritsem.runtime.snapshots", "Akka, as a snapshot plugin");

    @Test void every_key_is_explained() {
        assertThat(manuals().flatMap(manual -> keys(manual).filter(key -> !key.explained()).map(Key::shown)))
                .as("keys without a comment above them: say the unit, special values and the trade-off")
                .isEmpty();
    }

    @Test void every_key_is_read() {
        assertThat(manuals().flatMap(manual -> unread(manual).map(Key::shown)))
                .as("keys that no Settings of their module reads: read them, or remove them")
                .isEmpty();
    }

    private static Stream<Path> manuals() {
        return Checkout.modules()
                .stream()
                .map(module -> module.resolve("src/main/resources/reference.conf"))
                .filter(Files::exists);
    }

    private static Stream<Key> unread(Path manual) {
        Path module = manual.resolve("../../../..").normalize();
        String readers = Checkout.mainSources(module)
                .stream()
                .filter(source -> source.getFileName().toString().endsWith("Settings.java"))
                .map(Checkout::read)
                .collect(Collectors.joining("\n"));
        return keys(manual).filter(key -> key.leaf() && !readByOthers(key.path()) && !isRead(key.path(), readers));
    }

    /** Whether a string literal ends with the key's name, with as much of its path as the reader likes. */
    private static boolean isRead(String path, String readers) {
        String name = path.substring(path.lastIndexOf('.') + 1);
        return readers.contains('"' + name + '"') || readers.contains('.' + name + '"');
    }

    private static boolean readByOthers(String path) {
        return READ_BY_OTHERS.keySet().stream().anyMatch(block -> path.equals(block) || path.startsWith(block + '.'));
    }

    /** The keys as they are written, without those of a block that is copied from another. */
    private static Stream<Key> keys(Path manual) {
        Config written = ConfigFactory.parseFile(manual.toFile(), ConfigParseOptions.defaults().setAllowMissing(false));
        List<Key> keys = new ArrayList<>();
        if (written.root().get("ritsem") instanceof ConfigObject ritsem) {
            ritsem.forEach((module, block) -> collect("ritsem." + module, block, keys));
        }
        return keys.stream();
    }

    private static void collect(String path, ConfigValue block, List<Key> keys) {
        if (block instanceof ConfigObject object) {
            object.forEach((name, value) -> {
                String key = path + '.' + ConfigUtil.quoteString(name).replace("\"", "");
                keys.add(new Key(key, value));
                collect(key, value, keys);
            });
        }
    }

    private record Key(String path, ConfigValue value) {

        boolean leaf() {
            return !(value instanceof ConfigObject);
        }

        /** A block may be explained by the keys that are in it. */
        boolean explained() {
            return !leaf() || !value.origin().comments().isEmpty();
        }

        String shown() {
            return path + " (" + value.origin().description() + ')';
        }
    }
}
