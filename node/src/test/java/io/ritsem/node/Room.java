package io.ritsem.node;

import java.util.Arrays;
import java.util.List;
import java.util.Set;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaModifier;

/** The rooms of the house, and what of the others each may use. */
enum Room {
    DOMAIN("domain", "io.ritsem.domain"),
    POSTGRES("embedded-postgres", "io.ritsem.postgres"),
    RUNTIME("runtime", "io.ritsem.runtime", "io.ritsem.domain"),
    PROJECTIONS("projections", "io.ritsem.projections", "io.ritsem.domain", "io.ritsem.runtime.json",
            "io.ritsem.runtime.application", "io.ritsem.runtime.journal", "io.ritsem.runtime.gateway"),
    HTTP("http-api", "io.ritsem.http", "io.ritsem.domain", "io.ritsem.runtime.json", "io.ritsem.runtime.application",
            "io.ritsem.runtime.journal", "io.ritsem.runtime.gateway", "io.ritsem.runtime.cluster",
            "io.ritsem.projections"),
    NODE("node", "io.ritsem.node", "io.ritsem.domain", "io.ritsem.postgres", "io.ritsem.runtime",
            "io.ritsem.projections",
            "io.ritsem.http"),
    TESTKIT("testkit", "io.ritsem.testkit", "io.ritsem.domain", "io.ritsem.runtime.json",
            "io.ritsem.runtime.application"),
    BANK("examples/bank", "bank", "io.ritsem.domain");

    private final String module;
    private final String root;
    @SuppressWarnings("ImmutableEnumChecker") // a List.of
    private final List<String> mayUse;

    Room(String module, String root, String... mayUse) {
        this.module = module;
        this.root = root;
        this.mayUse = List.of(mayUse);
    }

    /** The packages of all rooms. */
    static Set<String> roots() {
        return Set.copyOf(Arrays.stream(values()).map(room -> room.root).toList());
    }

    /** The folder, without the folders above it. */
    String fileName() {
        return module.substring(module.lastIndexOf('/') + 1);
    }

    boolean owns(JavaClass type) {
        return isWithin(type, root);
    }

    /** Whether a class of this room may depend on that one, as far as the rooms are concerned. */
    boolean mayUse(JavaClass other) {
        boolean ofTheHouse = Arrays.stream(values()).anyMatch(room -> room.owns(other));
        return !ofTheHouse || owns(other) || mayUse.stream().anyMatch(packages -> isWithin(other, packages));
    }

    /** The room's top-level public types, sorted. */
    List<String> publicTypes(JavaClasses all) {
        return all.stream()
                .filter(type -> owns(type) && type.isTopLevelClass())
                .filter(type -> type.getModifiers().contains(JavaModifier.PUBLIC))
                .map(JavaClass::getName)
                .sorted()
                .toList();
    }

    private static boolean isWithin(JavaClass type, String packages) {
        String name = type.getPackageName();
        return name.equals(packages) || name.startsWith(packages + '.');
    }
}
