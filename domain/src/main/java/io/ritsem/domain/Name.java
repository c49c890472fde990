package io.ritsem.domain;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * Fixes the name of a command, an event or a nested variant, which is otherwise derived from the record's name
 * ({@code Deposited} becomes {@code deposited}). Use it when the record is to be renamed but what is stored is not.
 */
@Documented
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.TYPE)
public @interface Name {

    /** The name: kebab-case, at most 60 characters. */
    String value();
}
