/**
 * The application that a node serves beside the bank when it is asked to: views of the bank's accounts that show what the
 * bank's own would hide. Pure but for {@link io.ritsem.chaos.views.ChaosViews}; nothing of a scenario may enter.
 */
@NullMarked
package io.ritsem.chaos.views;

import org.jspecify.annotations.NullMarked;
