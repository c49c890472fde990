/**
 * The words an application is written in: {@link io.ritsem.domain.Entity entities} that decide and evolve,
 * {@link io.ritsem.domain.Decision decisions}, {@link io.ritsem.domain.EntityView views of an entity} and
 * {@link io.ritsem.domain.KeyedView views of any other key}, and the {@link io.ritsem.domain.Application} that names
 * them. Everyone may use it; nothing may enter but the JDK and JSpecify: no Akka, no JSON, no SQL, no HTTP, no clock, no
 * logger. What is written here is pure, so the runtime may call it on any thread and as often as it likes.
 */
@NullMarked
package io.ritsem.domain;

import org.jspecify.annotations.NullMarked;
