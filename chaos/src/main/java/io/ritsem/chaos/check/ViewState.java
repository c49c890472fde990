package io.ritsem.chaos.check;

import java.math.BigDecimal;

/** What an account came to: by its journal, by its row in the view, or by its own word. Immutable. */
public record ViewState(long version, BigDecimal balance) {

    /** Whether it is the same, whatever the scale of its balance. */
    public boolean isAs(ViewState other) {
        return version == other.version && balance.compareTo(other.balance) == 0;
    }
}
