package io.ritsem.chaos.load;

import java.math.BigDecimal;

/** A row of an account that a node has shown. Immutable. */
public record Shown(String account, long version, BigDecimal balance) {}
