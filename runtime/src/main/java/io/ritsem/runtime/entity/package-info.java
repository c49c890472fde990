/**
 * One live entity: a gate, which queues, bounds and answers, and its persistent child, which decides and records. The
 * only place where an application's {@link io.ritsem.domain.Entity} is called on live commands. Started by the sharding,
 * spoken to through it; may write to the journal and read back what it wrote.
 */
@NullMarked
package io.ritsem.runtime.entity;

import org.jspecify.annotations.NullMarked;
