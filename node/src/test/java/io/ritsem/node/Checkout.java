package io.ritsem.node;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** The checked-out tree that the gates look at. Immutable. */
final class Checkout {

    private static final Path ROOT = root();

    private Checkout() {}

    /** All modules' folders, in the order of their names; the counter, to be copied, is a project of its own. */
    static List<Path> modules() {
        try (Stream<Path> folders = Files.walk(ROOT, 2)) {
            return folders.map(folder -> folder.resolve("pom.xml"))
                    .filter(pom -> Files.isRegularFile(pom) && read(pom).contains("<parent>"))
                    .map(Path::getParent)
                    .sorted()
                    .toList();
        } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        }
    }

    static Path module(String name) {
        return ROOT.resolve(name);
    }

    /** The Java files that a module ships. */
    static List<Path> mainSources(Path module) {
        Path sources = module.resolve("src/main/java");
        if (!Files.isDirectory(sources)) {
            return List.of();
        }
        try (Stream<Path> files = Files.walk(sources)) {
            return files.filter(file -> file.toString().endsWith(".java")).sorted().toList();
        } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        }
    }

    static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        }
    }

    /** As a message shows it. */
    static String shown(Path file) {
        return ROOT.relativize(file).toString();
    }

    private static Path root() {
        Path folder = Path.of("").toAbsolutePath();
        while (!Files.isDirectory(folder.resolve(".mvn"))) {
            folder = folder.getParent();
            if (folder == null) {
                throw new IllegalStateException(
                        "Run the gates within a checkout: no .mvn above " + Path.of("").toAbsolutePath());
            }
        }
        return folder;
    }
}
