package io.ritsem.runtime.json;

/** A Java type that has no JSON form. */
public final class UnsupportedTypeException extends IllegalArgumentException {

    private static final long serialVersionUID = 1L;

    public UnsupportedTypeException(String where, String why) {
        super(where + " " + why);
    }
}
