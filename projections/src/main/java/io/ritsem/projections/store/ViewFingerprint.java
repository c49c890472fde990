package io.ritsem.projections.store;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.TreeMap;
import java.util.stream.Stream;

import org.jspecify.annotations.Nullable;

import io.ritsem.domain.EntityViewDefinition;
import io.ritsem.domain.KeyedViewDefinition;
import io.ritsem.domain.ViewDefinition;

/**
 * What a view's rows depend on beside the journal; when it changes, the view is built anew. Stateless.
 *
 * <p>
 * It covers the row's shape, the indexes, the entity types followed, and the compiled handlers: their class files with
 * those of the classes nested around and inside them. Nobody has to remember to raise a number, at a price: what a
 * handler calls outside of its own source file is not seen, and another compiler, or a change elsewhere in that file,
 * builds a view anew that need not be. So keep a view in a file of its own, as a whole.
 */
final class ViewFingerprint {

    // The form of the tables themselves: raise it when Generations.create changes.
    private static final String LAYOUT = "2";

    private ViewFingerprint() {}

    static String of(ViewTable<?> table) {
        MessageDigest digest = sha256();
        add(digest, LAYOUT);
        add(digest, table.rowType().fingerprint());
        table.fields().values().forEach(field -> add(digest, field.declaration()));
        add(digest, table.indexedByTime() ? ViewDefinition.UPDATED_AT : "");
        switch (table.definition()) {
            case EntityViewDefinition<?, ?> view -> {
                table.follows().forEach(type -> add(digest, type));
                addCode(digest, view.view().getClass());
            }
            case KeyedViewDefinition<?> view -> new TreeMap<>(view.handlers()).forEach((type, handler) -> {
                add(digest, type);
                addCode(digest, handler.getClass());
            });
        }
        return HexFormat.of().formatHex(digest.digest());
    }

    private static void addCode(MessageDigest digest, Class<?> handler) {
        Stream.of(handler.getNestHost().getNestMembers()).sorted(Comparator.comparing(Class::getName)).forEach(type -> {
            add(digest, type.getName());
            digest.update(classFile(type));
        });
    }

    private static byte[] classFile(Class<?> type) {
        String name = type.getName()
                .substring(type.getPackageName().isEmpty() ? 0 : type.getPackageName().length() + 1);
        try (@Nullable InputStream file = type.getResourceAsStream(name + ".class")) {
            if (file == null) {
                throw new IllegalArgumentException(
                        "The class file of %s cannot be read, so a change of this view could not be noticed"
                                .formatted(type.getName()));
            }
            return file.readAllBytes();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void add(MessageDigest digest, String text) {
        digest.update(text.getBytes(StandardCharsets.UTF_8));
        digest.update((byte) 0);
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("Every Java platform has SHA-256", e);
        }
    }
}
