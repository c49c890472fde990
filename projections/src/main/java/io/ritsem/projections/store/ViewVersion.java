package io.ritsem.projections.store;

import io.ritsem.domain.ViewDefinition;

/**
 * A view as this version of the application defines it. Generations belong to a fingerprint: nodes of two versions of the
 * application, which define a view differently, each follow and serve their own.
 */
public record ViewVersion(ViewDefinition<?> definition, String fingerprint) {

    /** @throws IllegalArgumentException if the view cannot be kept in a table; it says why */
    public static ViewVersion of(ViewDefinition<?> definition) {
        return new ViewVersion(definition, ViewFingerprint.of(ViewTable.of(definition, 1)));
    }

    /** The view's name. */
    public String view() {
        return definition.name();
    }

    /** Its name and fingerprint in one text, without blanks. */
    String known() {
        return view() + ' ' + fingerprint;
    }
}
