package io.ritsem.runtime.journal;

import java.util.regex.Pattern;

import io.ritsem.domain.StableName;

/**
 * One entity: its type and its id. Its persistence id is {@code type|id}.
 *
 * @param type kebab-case, at most 60 characters
 * @param id 1 to 180 characters of {@code A-Z a-z 0-9 . _ ~ : @ -}
 */
public record EntityId(String type, String id) {

    private static final Pattern ID = Pattern.compile("[A-Za-z0-9._~:@-]{1,180}");

    public EntityId {
        StableName.check("entity type", type);
        if (!ID.matcher(id).matches()) {
            throw new IllegalArgumentException(
                    "An id has 1 to 180 characters of A-Z a-z 0-9 . _ ~ : @ -; this one has " + wrong(id));
        }
    }

    private static String wrong(String id) {
        return id.codePoints()
                .filter(each -> !ID.matcher(Character.toString(each)).matches())
                .mapToObj(other -> other < ' ' || other > '~' ? "U+%04X".formatted(other) : "'%c'".formatted(other))
                .findFirst()
                .orElse(Integer.toString(id.length()));
    }

    /** The entity of a persistence id. */
    public static EntityId ofPersistenceId(String persistenceId) {
        int bar = persistenceId.indexOf('|');
        if (bar < 0) {
            throw new IllegalArgumentException("Not a persistence id (type|id): " + persistenceId);
        }
        return new EntityId(persistenceId.substring(0, bar), persistenceId.substring(bar + 1));
    }

    /** {@code type|id}: the key of its events in the journal and of its shard. */
    public String persistenceId() {
        return type + '|' + id;
    }
}
