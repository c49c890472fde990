package io.ritsem.runtime.journal;

/**
 * What an event's data is: {@code account.deposited/1}.
 *
 * @param entityType the entity type, kebab-case
 * @param event the event's name, kebab-case
 * @param version the version of its JSON, from 1
 */
public record EventManifest(String entityType, String event, int version) {

    /**
     * Reads it back.
     *
     * @throws IllegalArgumentException if it is not of the form {@code type.event/version}
     */
    public static EventManifest parse(String manifest) {
        int dot = manifest.indexOf('.');
        int slash = manifest.lastIndexOf('/');
        if (dot < 1 || slash < dot + 2 || slash == manifest.length() - 1) {
            throw new IllegalArgumentException(
                    "An event's manifest is type.event/version, such as account.deposited/1, but is: " + manifest);
        }
        return new EventManifest(manifest.substring(0, dot), manifest.substring(dot + 1, slash),
                Integer.parseInt(manifest.substring(slash + 1)));
    }

    @Override public String toString() {
        return entityType + '.' + event + '/' + version;
    }
}
