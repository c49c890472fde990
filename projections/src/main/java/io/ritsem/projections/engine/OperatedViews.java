package io.ritsem.projections.engine;

/** What operators see and do of this node's views. Thread-safe. */
public interface OperatedViews {

    /** Measures how fresh all views are, on whichever node. */
    ViewWatch watch();

    /** What operators may do with the views. */
    ViewControl control();

    /** The events that views could not apply. */
    DeadLetters deadLetters();
}
