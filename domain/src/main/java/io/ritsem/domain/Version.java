package io.ritsem.domain;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * The version of an event's JSON, which is stored beside it; 1 unless it is said. Raise it when the record changes so that
 * what is stored could not be read as it, and give the application an {@link EntityDefinition#upcast upcaster} from the
 * old version. Nothing but an event's record has a version: a node refuses to start on a command, a state, a row or a
 * nested type that says one.
 */
@Documented
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.TYPE)
public @interface Version {

    /** The version, at least 1. */
    int value();
}
