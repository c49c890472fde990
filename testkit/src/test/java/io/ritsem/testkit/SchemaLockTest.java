package io.ritsem.testkit;

import java.io.IOException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import javax.tools.ToolProvider;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import io.ritsem.domain.Application;
import io.ritsem.runtime.application.ApplicationModel;
import io.ritsem.runtime.json.JsonType;
import io.ritsem.runtime.json.Shape;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class SchemaLockTest {

    private static final Application FIRST = app -> app.entity("safe", new Safe.First());

    private static final Application SECOND = app -> app.entity("safe", new Safe.Second())
            .upcast(Safe.PutInV1.class, old -> List.of(new Safe.SecondEvent.PutIn(old.what(), old.worth(), "")))
            .upcast(Safe.Opened.class, _ -> List.of());

    @TempDir Path folder;
    private Path file;

    @BeforeEach void lockTheFirstRelease() {
        file = folder.resolve("src/main/resources/events.lock.json");
        write(FIRST);
    }

    @Test void the_file_has_a_line_for_each_event_and_holds_until_something_changes() {
        assertThat(file).hasContent("""
                                    {
                                      "safe.opened/1": {},
                                      "safe.put-in/1": {"what":"text","worth":"decimal"}
                                    }
                                    """);
        assertThatCode(() -> verify(FIRST)).doesNotThrowAnyException();
        String once = locked();
        write(FIRST);
        assertThat(locked()).isEqualTo(once);
    }

    @Test void without_a_file_it_says_how_to_write_one() throws IOException {
        Files.delete(file);
        assertThatThrownBy(() -> verify(FIRST)).isInstanceOf(AssertionError.class)
                .hasMessage("There is no %s yet: write it with 'mvn test -Dritsem.lock=write' and commit it",
                        file.toAbsolutePath());
    }

    @Test void a_change_that_leaves_all_readable_has_only_to_be_written() {
        Application widened = app -> app.entity("safe", new Safe.Widened());
        assertThatThrownBy(() -> verify(widened)).isInstanceOf(AssertionError.class)
                .hasMessage("%s lacks [a change of safe.put-in/1], which can be read: write it with "
                        + "'mvn test -Dritsem.lock=write' and commit it", file);
        write(widened);
        assertThat(locked())
                .contains("\"safe.put-in/1\": {\"what\":\"text\",\"worth\":\"decimal\",\"weight?\":\"long\"}");
        verify(widened);
    }

    @Test void who_starts_the_application_in_development_is_warned_in_the_same_words() {
        Application without = app -> app.entity("vault", new Safe.First());

        assertThat(LockWarning.of(ApplicationModel.of(FIRST), file)).isEmpty();
        assertThatThrownBy(() -> verify(without)).satisfies(
                broken -> assertThat(LockWarning.of(ApplicationModel.of(without), file))
                        .startsWith("ritsem: warning: Stored events would become unreadable")
                        .contains(broken.getMessage(), "docs/evolving-events.md"));
    }

    @Test void a_new_event_has_to_be_written() {
        assertThatThrownBy(() -> verify(app -> {
            FIRST.define(app);
            app.entity("vault", new Safe.First());
        })).hasMessageContaining("lacks [vault.opened/1, vault.put-in/1]");
    }

    /** Stored events have it for ever, so nothing else may ever be called so. */
    @Test void a_component_that_was_dropped_stays_in_the_file() {
        write(app -> app.entity("safe", new Safe.Forgetful()));
        assertThat(locked()).contains("\"safe.put-in/1\": {\"what?\":\"text\",\"worth\":\"decimal\"}");
        assertThatThrownBy(() -> verify(app -> app.entity("safe", new Safe.Reminded())))
                .hasMessageContaining("safe.put-in/1: 'what' was stored as \"text\", but is now \"long\"; ");
    }

    @Test void an_event_that_nothing_reads_any_more_is_refused_with_the_code_that_reads_it_and_not_written_over() {
        Application broken = app -> app.entity("safe", new Safe.Broken());
        String before = locked();
        String message = """
                         Stored events would become unreadable (%s):

                         safe.opened/1: nothing reads it any more; read it with an upcaster:

                             @Name("opened") @Version(1)
                             record OpenedV1() {}

                             app.entity("safe", new Safe.Broken())
                                 .upcast(OpenedV1.class, old -> List.of(/* the events that it stands for today */));

                         safe.put-in/1: 'owner' must be there, but never was; give the changed record @Version(2), and read \
                         this version with an upcaster:

                             @Name("put-in") @Version(1)
                             record PutInV1(String what, BigDecimal worth) {}

                             app.entity("safe", new Safe.Broken())
                                 .upcast(PutInV1.class, old -> List.of(/* the events that it stands for today */));"""
                .formatted(file);
        assertThatThrownBy(() -> verify(broken)).isInstanceOf(AssertionError.class).hasMessage(message);
        assertThatThrownBy(() -> write(broken)).isInstanceOf(AssertionError.class).hasMessage(message);
        assertThat(locked()).isEqualTo(before);
    }

    @Test void an_upcaster_keeps_an_old_version_readable_and_locked() {
        assertThatThrownBy(() -> verify(SECOND)).hasMessageContaining("lacks [safe.put-in/2]");
        write(SECOND);
        assertThat(file).hasContent("""
                                    {
                                      "safe.opened/1": {},
                                      "safe.put-in/1": {"what":"text","worth":"decimal"},
                                      "safe.put-in/2": {"what":"text","worth":"decimal","owner":"text"}
                                    }
                                    """);
        assertThatCode(() -> verify(SECOND)).doesNotThrowAnyException();
        assertThatThrownBy(() -> verify(FIRST)).hasMessageContaining("safe.put-in/2: nothing reads it any more");
    }

    @Test void an_old_record_has_to_fit_what_was_stored() {
        assertThatThrownBy(() -> verify(app -> app.entity("safe", new Safe.Second())
                .upcast(Safe.PutInMisread.class, _ -> List.of())
                .upcast(Safe.Opened.class, _ -> List.of())))
                .hasMessageContaining(
                        "safe.put-in/1: 'worth' was stored as \"decimal\", but is now \"boolean\"; let the "
                                + "record that it is upcast from have the shape that was stored:");
    }

    @Test void a_newer_version_is_locked_by_the_release_that_writes_it() {
        Application stepOne = app -> app.entity("safe", new Safe.First())
                .upcast(Safe.PutInV2.class, next -> List.of(new Safe.FirstEvent.PutIn(next.what(), next.worth())));
        assertThatCode(() -> verify(stepOne)).doesNotThrowAnyException();
        String before = locked();
        write(stepOne);
        assertThat(locked()).isEqualTo(before);
    }

    @Test void an_entity_type_that_is_gone_has_to_be_retired() {
        assertThatThrownBy(() -> verify(app -> app.entity("vault", new Safe.First())))
                .hasMessageContaining(
                        "safe.opened/1: the entity type 'safe' is not defined any more: define it, or say "
                                + "app.retired(\"safe\")");
        assertThatCode(() -> verify(app -> app.retired("safe"))).doesNotThrowAnyException();
    }

    @Test void a_damaged_file_is_told_from_a_missing_one() throws IOException {
        for (String damage : List.of("{", "[]", "{\"safe\": {}}", "{\"safe.opened/1\": \"float\"}", "{} {}",
                "{\"safe.opened/1\": {}, \"safe.opened/1\": {}}", "{\"safe.opened/1\": {\"a\": 3}}")) {
            Files.writeString(file, damage);
            assertThatThrownBy(() -> verify(FIRST)).as(damage)
                    .isInstanceOf(AssertionError.class)
                    .hasMessageStartingWith(
                            file.toAbsolutePath() + " is damaged, restore it from your version control: ");
        }
    }

    @Test void the_code_that_it_prints_compiles_to_a_record_of_the_locked_shape() throws Exception {
        Shape shape = JsonType.of(Safe.RichEvent.Counted.class).shape();
        Path source = folder.resolve("CountedV1.java");
        Files.writeString(source, """
                                  import java.math.*;
                                  import java.time.*;
                                  import java.util.*;
                                  import io.ritsem.domain.*;
                                  %s
                                  """.formatted(OldRecord.of("CountedV1", shape)));
        int failures = ToolProvider.getSystemJavaCompiler()
                .run(null, null, null, "-cp", System.getProperty("java.class.path"), source.toString());

        assertThat(failures).as(Files.readString(source)).isZero();
        try (URLClassLoader compiled = new URLClassLoader(new URL[]{folder.toUri().toURL()})) {
            assertThat(JsonType.of(compiled.loadClass("CountedV1")).shape()).isEqualTo(shape);
        }
    }

    @Test void a_shape_of_any_kind_can_be_written_and_read_again() {
        Application rich = app -> app.entity("safe", new Safe.Rich());
        file = folder.resolve("rich.json");
        write(rich);
        assertThatCode(() -> verify(rich)).doesNotThrowAnyException();
        assertThat(LockFile.read(file)).isEqualTo(
                Map.of("safe.counted/1", JsonType.of(Safe.RichEvent.Counted.class).shape()));
    }

    private void verify(Application application) {
        SchemaLock.verify(ApplicationModel.of(application), file, false);
    }

    private void write(Application application) {
        SchemaLock.verify(ApplicationModel.of(application), file, true);
    }

    private String locked() {
        try {
            return Files.readString(file);
        } catch (IOException failure) {
            throw new AssertionError(failure);
        }
    }
}
