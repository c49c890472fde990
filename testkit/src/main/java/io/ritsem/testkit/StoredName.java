package io.ritsem.testkit;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

import io.ritsem.runtime.application.ReadableEvent;

/** A version of an event as the journal calls it: {@code account.deposited/1}. */
record StoredName(String entityType, String event, int version) {

    private static final Pattern FORM = Pattern.compile("([a-z0-9-]+)\\.([a-z0-9-]+)/([1-9][0-9]{0,8})");

    static StoredName of(String entityType, ReadableEvent event) {
        return new StoredName(entityType, event.event(), event.version());
    }

    /** @throws IllegalArgumentException if it is none */
    static StoredName parse(String name) {
        Matcher parts = FORM.matcher(name);
        if (!parts.matches()) {
            throw new IllegalArgumentException(
                    "an event is called type.event/version, such as account.deposited/1, but not '" + name + "'");
        }
        return new StoredName(parts.group(1), parts.group(2), Integer.parseInt(parts.group(3)));
    }

    boolean isOf(ReadableEvent other) {
        return event.equals(other.event()) && version == other.version();
    }

    @Override public String toString() {
        return entityType + '.' + event + '/' + version;
    }
}
