package io.ritsem.node;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.AccessTarget.CodeUnitAccessTarget;
import com.tngtech.archunit.core.domain.JavaAccess;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.library.dependencies.SliceAssignment;
import com.tngtech.archunit.library.dependencies.SliceIdentifier;
import org.junit.jupiter.api.Test;

import static com.tngtech.archunit.base.DescribedPredicate.describe;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

/** The walls of the house: each rule is its name and its reason, and {@link Room} says who is below whom. */
class ArchitectureTest {

    private static final JavaClasses HOUSE = new ClassFileImporter()
            .withImportOption(new ImportOption.DoNotIncludeTests())
            .importPackages(Room.roots());

    /** Methods that wait for ever, by the type that has them; each has a sibling with a deadline. */
    private static final Map<Class<?>, Set<String>> ENDLESS = Map.of(Future.class, Set.of("get", "join"), Thread.class,
            Set.of("join"), CountDownLatch.class, Set.of("await"), Semaphore.class,
            Set.of("acquire", "acquireUninterruptibly"), Process.class, Set.of("waitFor"), ExecutorService.class,
            Set.of("close"));

    /** Whoever pauses, and why nothing could wake it. */
    private static final Map<String, String> PAUSES = Map.of("bank.replay.Node", "a client between two tries",
            "io.ritsem.postgres.Postmaster", "watches a process that is not its child");

    /** Whoever waits without a deadline of its own, and whose deadline ends the wait. */
    private static final Map<String, String> TRUSTING = Map.of("io.ritsem.http.server.Exchange",
            "the gateway answers by the request's deadline; a second timer for each request costs a tenth of the rate");

    /** Called by a library with a Config that they do not look into. */
    private static final Set<String> HANDED_A_CONFIG = Set.of("io.ritsem.runtime.journal.SharedSlickDatabase");

    private static final Set<String> IMPURE = Set.of("java.time.Instant.now", "java.time.LocalDate.now",
            "java.time.LocalDateTime.now", "java.time.ZonedDateTime.now", "java.time.YearMonth.now",
            "java.util.UUID.randomUUID", "java.lang.Math.random", "java.lang.System.currentTimeMillis",
            "java.lang.System.nanoTime", "java.lang.System.getenv", "java.lang.System.getProperty");

    @Test void sees_every_room() {
        assertThat(Arrays.stream(Room.values()).filter(room -> HOUSE.stream().noneMatch(room::owns)))
                .as("rooms without a class on the class path")
                .isEmpty();
    }

    @Test void rooms_use_only_the_rooms_below_them() {
        for (Room room : Room.values()) {
            noClasses().that(areOf(room))
                    .should()
                    .dependOnClassesThat(describe("are behind a wall for " + room, other -> !room.mayUse(other)))
                    .because("dependencies run node -> http-api -> {projections -> runtime} -> domain (Room)")
                    .check(HOUSE);
        }
    }

    @Test void the_domain_knows_the_jdk_and_jspecify_only() {
        classes().that(areOf(Room.DOMAIN))
                .should()
                .onlyDependOnClassesThat()
                .resideInAnyPackage("java..", "org.jspecify..", "io.ritsem.domain..")
                .check(HOUSE);
        noClasses().that(areOf(Room.DOMAIN))
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("java.util.logging..", "java.sql..", "java.net.http..")
                .orShould()
                .dependOnClassesThat()
                .areAssignableTo(Clock.class)
                .orShould()
                .dependOnClassesThat()
                .areAssignableTo(System.Logger.class)
                .because("time comes in as a value, and the domain does nothing but decide")
                .check(HOUSE);
    }

    @Test void domain_code_is_pure() {
        noClasses().that()
                .resideInAnyPackage("io.ritsem.domain..", "bank")
                .should()
                .accessTargetWhere(describe("it reads time, chance or the machine", ArchitectureTest::isImpure))
                .because("time, identity and randomness come in as values")
                .check(HOUSE);
    }

    @Test void examples_use_the_domain_kit_only() {
        classes().that(areOf(Room.BANK))
                .should()
                .onlyDependOnClassesThat()
                .resideInAnyPackage("java..", "org.jspecify..", "io.ritsem.domain..", "bank..")
                .check(HOUSE);
    }

    @Test void only_the_http_room_knows_http() {
        noClasses().that(areOf(Room.DOMAIN, Room.RUNTIME, Room.PROJECTIONS, Room.TESTKIT, Room.POSTGRES))
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("io.helidon..", "com.sun.net.httpserver..", "akka.http..")
                .check(HOUSE);
    }

    @Test void the_http_room_knows_neither_actors_nor_sql() {
        noClasses().that(areOf(Room.HTTP))
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("akka..", "scala..", "slick..", "java.sql..", "javax.sql..", "org.postgresql..",
                        "com.zaxxer..")
                .check(HOUSE);
    }

    @Test void only_settings_read_the_configuration() {
        noClasses().that(describe("are neither settings nor of the node", type -> !mayRead(type)))
                .should()
                .dependOnClassesThat()
                .resideInAPackage("com.typesafe.config..")
                .because("configuration is read once, into a validating Settings record")
                .check(HOUSE);
    }

    @Test void nothing_waits_without_a_deadline() {
        noClasses().that(describe("have no one's word for it", type -> !TRUSTING.containsKey(type.getName())))
                .should()
                .accessTargetWhere(describe("it waits for ever", ArchitectureTest::isEndless))
                .because("a wait without a deadline hangs its caller with whatever it waits for")
                .check(HOUSE);
    }

    @Test void nothing_sleeps() {
        noClasses().that(describe("have no reason to pause", type -> !PAUSES.containsKey(type.getName())))
                .should()
                .accessTargetWhere(describe("it sleeps", access -> access.getTargetOwner().isEquivalentTo(Thread.class)
                        && access.getName().equals("sleep")))
                .because("a sleeping thread can be neither woken by what it waits for nor stopped in order")
                .check(HOUSE);
    }

    @Test void packages_are_named_for_what_they_are_about() {
        noClasses().should()
                .resideInAnyPackage("..util..", "..helper..", "..common..", "..types..", "..services..", "..impl..",
                        "..model..")
                .because("drawers for everything collect everything")
                .check(HOUSE);
    }

    @Test void classes_are_named_for_what_is_their_own() {
        noClasses().should()
                .haveSimpleNameEndingWith("Impl")
                .because("an implementation has something of its own to be named for, or no interface")
                .check(HOUSE);
    }

    @Test void packages_of_a_room_form_no_circle() {
        for (Room room : Room.values()) {
            slices().assignedFrom(packagesOf(room)).should().beFreeOfCycles().check(HOUSE);
        }
    }

    @Test void every_package_says_what_is_in_it_and_is_null_marked() {
        Set<String> silent = new TreeSet<>();
        for (Path module : Checkout.modules()) {
            for (Path source : Checkout.mainSources(module)) {
                Path info = source.resolveSibling("package-info.java");
                if (!Files.exists(info)) {
                    silent.add(Checkout.shown(info) + " is missing");
                } else if (!Checkout.read(info).startsWith("/**")
                        || !Checkout.read(info).contains("\n@NullMarked\npackage ")) {
                    silent.add(Checkout.shown(info) + " must begin with its Javadoc and be @NullMarked");
                }
            }
        }
        assertThat(silent).isEmpty();
    }

    @Test void every_room_shows_the_public_types_that_it_lists() {
        Set<String> changes = new TreeSet<>();
        for (Room room : Room.values()) {
            Path list = Checkout.module("node").resolve("src/test/resources/public-types/" + room.fileName() + ".txt");
            List<String> listed = Checkout.read(list).lines().toList();
            List<String> shown = room.publicTypes(HOUSE);
            shown.stream()
                    .filter(type -> !listed.contains(type))
                    .forEach(type -> changes
                            .add(Checkout.shown(list) + ": add " + type + ", or make it package-private"));
            listed.stream()
                    .filter(type -> !shown.contains(type))
                    .forEach(type -> changes.add(Checkout.shown(list) + ": remove " + type));
            if (!listed.equals(listed.stream().sorted().distinct().toList())) {
                changes.add(Checkout.shown(list) + ": sort it");
            }
        }
        assertThat(changes).as("opening a type is a decision to be seen in review").isEmpty();
    }

    private static DescribedPredicate<JavaClass> areOf(Room... rooms) {
        return describe("are of " + Arrays.toString(rooms),
                type -> Arrays.stream(rooms).anyMatch(room -> room.owns(type)));
    }

    private static boolean mayRead(JavaClass type) {
        return Room.NODE.owns(type) || type.getName().split("\\$", 2)[0].endsWith("Settings")
                || HANDED_A_CONFIG.contains(type.getName());
    }

    private static boolean isImpure(JavaAccess<?> access) {
        return IMPURE.contains(access.getTargetOwner().getName() + '.' + access.getName());
    }

    private static boolean isEndless(JavaAccess<?> access) {
        return access.getTarget() instanceof CodeUnitAccessTarget called
                && called.getRawParameterTypes().isEmpty()
                && ENDLESS.entrySet()
                        .stream()
                        .anyMatch(endless -> called.getOwner().isAssignableTo(endless.getKey())
                                && endless.getValue().contains(called.getName()));
    }

    private static SliceAssignment packagesOf(Room room) {
        return new SliceAssignment() {
            @Override public SliceIdentifier getIdentifierOf(JavaClass type) {
                return room.owns(type) ? SliceIdentifier.of(type.getPackageName()) : SliceIdentifier.ignore();
            }

            @Override public String getDescription() {
                return "the packages of " + room;
            }
        };
    }
}
