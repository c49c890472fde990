package io.ritsem.runtime.json;

import java.lang.invoke.MethodHandle;
import java.util.Optional;

import com.fasterxml.jackson.core.io.SerializedString;
import org.jspecify.annotations.Nullable;

/**
 * A component of a record.
 *
 * @param presence whether it may be absent, and how it says so
 * @param accessor from the record to the component, both as {@code Object}
 */
record Component(String name, SerializedString field, Codec codec, Presence presence, MethodHandle accessor) {

    enum Presence {
        REQUIRED, NULLABLE, OPTIONAL
    }

    boolean mayBeAbsent() {
        return presence != Presence.REQUIRED;
    }

    /** What the constructor gets for what was read, null being absent. */
    @Nullable Object argument(@Nullable Object read) {
        return presence == Presence.OPTIONAL ? Optional.ofNullable(read) : read;
    }

    /** What there is to write: null if it is absent. */
    @Nullable Object of(Object owner, JsonOutput out) {
        @Nullable Object value = get(owner);
        if (presence == Presence.OPTIONAL && value != null) {
            return ((Optional<?>) value).orElse(null);
        }
        if (value == null && presence != Presence.NULLABLE) {
            out.path().enter(name);
            return out.present(value);
        }
        return value;
    }

    private @Nullable Object get(Object owner) {
        try {
            return (Object) accessor.invokeExact(owner);
        } catch (RuntimeException | Error e) {
            throw e;
        } catch (Throwable e) {
            throw new IllegalStateException("The accessor of " + name + " threw a checked exception", e);
        }
    }
}
