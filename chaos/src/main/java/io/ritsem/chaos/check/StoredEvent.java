package io.ritsem.chaos.check;

import java.math.BigDecimal;
import java.util.UUID;

/**
 * An event as the journal holds it. Immutable.
 *
 * @param type {@code opened}, {@code deposited} or {@code withdrawn}
 * @param mark the key of the command whose it is, as the event itself says it: its owner or its reference
 * @param amount null when it is none of money
 */
record StoredEvent(String account, long sequence, String type, String mark, BigDecimal amount, UUID causation) {

    /** What it adds to the balance. */
    BigDecimal effect() {
        return switch (type) {
            case "deposited" -> amount;
            case "withdrawn" -> amount.negate();
            default -> BigDecimal.ZERO;
        };
    }
}
