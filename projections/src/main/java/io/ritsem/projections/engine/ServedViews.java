package io.ritsem.projections.engine;

import java.util.Collection;
import java.util.Optional;

import io.ritsem.domain.ViewDefinition;

/** The views of this node, and which generation of each answers now. Thread-safe. */
public interface ServedViews {

    /** The views there are; always the same. */
    Collection<ViewDefinition<?>> definitions();

    /** The generation that answers now; to be asked again for each answer. Empty until the view has been built for the
     * first time. */
    Optional<ServedGeneration> served(String view);

    /** Whether a view that has not been built stands still until somebody mends it. */
    boolean cannotBeBuilt(String view);
}
