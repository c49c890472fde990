package io.ritsem.runtime.application;

import java.io.IOException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import io.ritsem.domain.Application;
import io.ritsem.domain.Context;
import io.ritsem.domain.Decision;
import io.ritsem.domain.Entity;
import io.ritsem.domain.EntityView;
import io.ritsem.domain.Name;
import io.ritsem.domain.Recorded;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

class ApplicationModelTest {

    sealed interface Command {
        record SwitchOn() implements Command {}

        record Dim(int percent) implements Command {}
    }

    sealed interface Event {

        sealed interface Bright extends Event {}

        sealed interface Seen extends Event {}

        @Name("lit")
        record SwitchedOn() implements Bright, Seen {}

        record Dimmed(int percent) implements Bright {}
    }

    record State(int percent) {}

    record Row(int percent) {}

    /** What every lamp of these tests does. */
    interface AnyLamp<C, E, S> extends Entity<C, E, S> {
        @Override default Decision<? extends E> decide(S state, C command, Context context) {
            return Decision.nothing();
        }

        @Override default S evolve(S state, E event) {
            return state;
        }
    }

    static final class Lamp implements AnyLamp<Command, Event, State>, Entity<Command, Event, State> {
        @Override public State initial() {
            return new State(0);
        }
    }

    static final class Brightness implements EntityView<Event, Row> {
        @Override public @Nullable Row apply(@Nullable Row row, Event event, Recorded recorded) {
            return row;
        }
    }

    private final ApplicationModel model = ApplicationModel.of(app -> {
        app.entity("lamp", new Lamp());
        app.view("brightness", new Brightness()).of("lamp").indexedBy("percent");
    });

    @Test @SuppressWarnings("unchecked") void compiles_the_codecs_of_an_entity_type() {
        EntityModel<Command, Event, State> lamp = (EntityModel<Command, Event, State>) model.entity("lamp");
        assertThat(model.entities()).containsOnlyKeys("lamp");
        assertThat(lamp.type()).isEqualTo("lamp");
        assertThat(lamp.entity()).isInstanceOf(Lamp.class);
        assertThat(lamp.commands()).containsOnlyKeys("switch-on", "dim");
        assertThat(lamp.command("dim").decode("{\"percent\":3}".getBytes(UTF_8))).isEqualTo(new Command.Dim(3));
        assertThat(lamp.command("blink")).isNull();
        assertThat(lamp.events()).containsOnlyKeys("lit", "dimmed");
        assertThat(lamp.nameOf(new Event.SwitchedOn())).isEqualTo("lit");
        assertThat(lamp.encode(new Event.Dimmed(3))).isEqualTo("{\"percent\":3}".getBytes(UTF_8));
        assertThat(lamp.state().encode(new State(3))).isEqualTo("{\"percent\":3}".getBytes(UTF_8));
    }

    @Test @SuppressWarnings("unchecked") void reads_stored_events_by_name_leniently() {
        EntityModel<Command, Event, State> lamp = (EntityModel<Command, Event, State>) model.entity("lamp");
        assertThat(lamp.decodeEvent("dimmed", 1, "{\"percent\":3,\"gone\":1}".getBytes(UTF_8)))
                .containsExactly(new Event.Dimmed(3));
        assertThatIllegalArgumentException().isThrownBy(() -> lamp.decodeEvent("broken", 1, "{}".getBytes(UTF_8)))
                .withMessage("Nothing reads lamp.broken/1; this release reads [lit/1, dimmed/1]");
        assertThatIllegalArgumentException().isThrownBy(() -> lamp.decodeEvent("dimmed", 2, "{}".getBytes(UTF_8)))
                .withMessage("Nothing reads lamp.dimmed/2; this release reads [lit/1, dimmed/1]");
    }

    @Test void knows_the_views() {
        assertThat(model.views()).singleElement().satisfies(view -> {
            assertThat(view.name()).isEqualTo("brightness");
            assertThat(view.follows()).containsEntry("lamp", Event.class);
        });
        assertThat(model.entity("radio")).isNull();
    }

    @Test void takes_several_applications_with_names_of_their_own() {
        assertThat(ApplicationModel.of(app -> app.entity("lamp", new Lamp()), app -> app.entity("light", new Lamp()))
                .entities())
                .containsOnlyKeys("lamp", "light");
        assertRefused(app -> {
            app.entity("lamp", new Lamp());
            app.entity("lamp", new Lamp());
        }, "There are two entity types called 'lamp'");
    }

    @Test void says_where_an_application_is_named_if_there_is_none_or_its_class_is_missing(@TempDir Path folder)
            throws IOException {
        assertNotFound(folder, "There is no application: no jar on the class path has a file "
                + "META-INF/services/io.ritsem.domain.Application that names its class. "
                + "In a project the file belongs into src/main/resources");
        Path services = Files.createDirectories(folder.resolve("META-INF/services"));
        Files.writeString(services.resolve("io.ritsem.domain.Application"), "library.Libary\n");
        assertNotFound(folder,
                "The file META-INF/services/io.ritsem.domain.Application names a class that is missing or "
                        + "cannot be made: Provider library.Libary not found");
    }

    private static void assertNotFound(Path classPath, String why) throws IOException {
        Thread test = Thread.currentThread();
        ClassLoader before = test.getContextClassLoader();
        try (URLClassLoader loader = new URLClassLoader(new URL[]{classPath.toUri().toURL()}, null)) {
            test.setContextClassLoader(loader);
            assertThatIllegalStateException().isThrownBy(ApplicationModel::load).withMessage(why);
        } finally {
            test.setContextClassLoader(before);
        }
    }

    sealed interface Doubled {
        record Dim() implements Doubled {}

        @Name("dim")
        record Darken() implements Doubled {}
    }

    record Unsupported(float share) {}

    interface Open {}

    record Demanding(String name) {}

    static final class TwoNamesCollide implements AnyLamp<Doubled, Event, State>, Entity<Doubled, Event, State> {
        @Override public State initial() {
            return new State(0);
        }
    }

    static final class UnsupportedState
            implements AnyLamp<Command, Event, Unsupported>, Entity<Command, Event, Unsupported> {
        @Override public Unsupported initial() {
            return new Unsupported(0);
        }
    }

    static final class OpenCommands implements AnyLamp<Open, Event, State>, Entity<Open, Event, State> {
        @Override public State initial() {
            return new State(0);
        }
    }

    static final class NoInitialName implements AnyLamp<Command, Event, Demanding>, Entity<Command, Event, Demanding> {
        @Override public Demanding initial() {
            return new Demanding(null);
        }
    }

    static final class UnsupportedRow implements EntityView<Event, Unsupported> {
        @Override public @Nullable Unsupported apply(@Nullable Unsupported row, Event event, Recorded recorded) {
            return row;
        }
    }

    @Test void says_what_cannot_be_served_and_why() {
        assertRefused(app -> app.entity("lamp", new TwoNamesCollide()),
                "The entity type 'lamp' cannot be served: " + Doubled.Darken.class.getName()
                        + ": two records are called 'dim'; fix one with @Name");
        assertRefused(app -> app.entity("lamp", new UnsupportedState()), "The entity type 'lamp' cannot be served: "
                + Unsupported.class.getName() + ".share has no JSON form as a float: ");
        assertRefused(app -> app.entity("lamp", new OpenCommands()), "The entity type 'lamp' cannot be served: "
                + Open.class.getName() + " must be a record or a sealed interface of records");
        assertRefused(app -> app.entity("lamp", new NoInitialName()),
                "The entity type 'lamp' cannot be served: its initial state cannot be written: /name must not be null");
        assertRefused(app -> {
            app.entity("lamp", new Lamp());
            app.view("shares", new UnsupportedRow()).of("lamp");
        }, "The view 'shares' cannot be served: " + Unsupported.class.getName() + ".share has no JSON form as a float");
        assertRefused(app -> app.view("brightness", new Brightness()).of("lamp"),
                "The view 'brightness' follows the entity type 'lamp', which is not defined");
    }

    private static void assertRefused(Application application, String message) {
        assertThatIllegalArgumentException().isThrownBy(() -> ApplicationModel.of(application))
                .withMessageStartingWith(message);
    }
}
