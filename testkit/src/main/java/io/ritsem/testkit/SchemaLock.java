package io.ritsem.testkit;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

import org.jspecify.annotations.Nullable;

import io.ritsem.domain.Application;
import io.ritsem.runtime.application.ApplicationModel;
import io.ritsem.runtime.application.EntityModel;
import io.ritsem.runtime.application.ReadableEvent;
import io.ritsem.runtime.json.Shape;

/**
 * What an application has ever stored, in {@code src/main/resources/events.lock.json}: every event type and version with
 * its JSON shape. One line in an application's tests keeps all of it readable:
 *
 * <pre>{@code
 * @Test void what_is_stored_stays_readable() { SchemaLock.verify(new Bank()); }
 * }</pre>
 *
 * <p>
 * It sees shapes, not values: that a record's constructor takes what older ones took is for the application to keep.
 * Stateless.
 */
public final class SchemaLock {

    /** The system property that lets {@link #verify} write the file. */
    private static final String WRITE = "ritsem.lock";

    private static final Path FILE = Path.of("src", "main", "resources", "events.lock.json");

    private static final String HOW_TO_WRITE = "write it with 'mvn test -D" + WRITE + "=write' and commit it";

    private SchemaLock() {}

    /**
     * Holds if these applications can read all that the file lists, and the file lists all that they store. With
     * {@code -Dritsem.lock=write} the file is brought up to date instead, but never over a change that would make stored
     * events unreadable. Run where the file's module is, as Maven does.
     *
     * @throws AssertionError if it does not hold; it says what to do, with the code of the upcasters that are missing
     */
    public static void verify(Application... applications) {
        verify(ApplicationModel.of(applications), FILE, "write".equals(System.getProperty(WRITE)));
    }

    static void verify(ApplicationModel application, Path file, boolean write) {
        @Nullable Map<String, Shape> locked = LockFile.read(file);
        Map<String, Shape> next = new TreeMap<>(locked == null ? Map.of() : locked);
        List<String> unreadable = new ArrayList<>();
        next.replaceAll((name, shape) -> locked(application, StoredName.parse(name), shape, unreadable));
        if (!unreadable.isEmpty()) {
            throw new AssertionError("Stored events would become unreadable (%s):\n\n%s".formatted(file,
                    String.join("\n\n", unreadable)));
        }
        addNew(application, next);
        if (write) {
            LockFile.write(file, next);
        } else if (locked == null) {
            throw new AssertionError("There is no %s yet: %s".formatted(file.toAbsolutePath(), HOW_TO_WRITE));
        } else if (!next.equals(locked)) {
            throw new AssertionError("%s lacks %s, which can be read: %s".formatted(file, difference(locked, next),
                    HOW_TO_WRITE));
        }
    }

    /** What a locked version has to be locked as from now on; notes down why it could not be read. */
    private static Shape locked(ApplicationModel application, StoredName name, Shape shape, List<String> unreadable) {
        @Nullable EntityModel<?, ?, ?> model = application.entity(name.entityType());
        if (model == null) {
            if (!application.retired().contains(name.entityType())) {
                unreadable.add("%s: the entity type '%s' is not defined any more: define it, or say app.retired(\"%s\")"
                        .formatted(name, name.entityType(), name.entityType()));
            }
            return shape;
        }
        @Nullable ReadableEvent reader = model.readable()
                .stream()
                .filter(event -> name.isOf(event))
                .findFirst()
                .orElse(null);
        @Nullable String why = reader == null
                ? "nothing reads it any more"
                : Compatibility.whyUnreadable(shape, reader.shape());
        if (why != null) {
            unreadable.add("%s: %s; %s:\n\n%s".formatted(name, why, advice(model, name, reader),
                    OldRecord.code(name, shape, model)));
        }
        return reader == null || why != null || !reader.current() ? shape : Compatibility.both(shape, reader.shape());
    }

    private static String advice(EntityModel<?, ?, ?> model, StoredName name, @Nullable ReadableEvent reader) {
        if (reader == null) {
            return "read it with an upcaster";
        }
        if (!reader.current()) {
            return "let the record that it is upcast from have the shape that was stored";
        }
        int next = 1 + model.readable()
                .stream()
                .filter(event -> event.event().equals(name.event()))
                .mapToInt(ReadableEvent::version)
                .max()
                .orElse(name.version());
        return "give the changed record @Version(%d), and read this version with an upcaster".formatted(next);
    }

    /** Newer versions than the current one are for the release that writes them to lock. */
    private static void addNew(ApplicationModel application, Map<String, Shape> locked) {
        application.entities().forEach((type, model) -> {
            List<ReadableEvent> readable = model.readable();
            for (ReadableEvent event : readable) {
                boolean mayBeStored = readable.stream()
                        .noneMatch(current -> current.current() && current.event().equals(event.event())
                                && current.version() < event.version());
                if (mayBeStored) {
                    locked.putIfAbsent(StoredName.of(type, event).toString(), event.shape());
                }
            }
        });
    }

    private static List<String> difference(Map<String, Shape> locked, Map<String, Shape> next) {
        return next.entrySet()
                .stream()
                .filter(entry -> !entry.getValue().equals(locked.get(entry.getKey())))
                .map(entry -> locked.containsKey(entry.getKey()) ? "a change of " + entry.getKey() : entry.getKey())
                .toList();
    }
}
