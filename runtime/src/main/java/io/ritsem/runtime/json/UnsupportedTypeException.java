package io.ritsem.runtime.json;

/** A Java type that has no JSON form. */
public final class UnsupportedTypeException extends IllegalArgumentException {

    private static final long serialVersionUID = 1L;

    /**
     * @param where the type or component, such as {@code bank.Account$State.balance}
     * @param why what is wrong with it and what would be right
     */
    public UnsupportedTypeException(String where, String why) {
        super(where + " " + why);
    }
}
