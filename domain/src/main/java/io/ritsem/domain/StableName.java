package io.ritsem.domain;

import java.util.regex.Pattern;

/** The names that are stored and sent: kebab-case, independent of class names. Stateless. */
public final class StableName {

    private static final Pattern WELL_FORMED = Pattern.compile("[a-z][a-z0-9]*(-[a-z0-9]+)*");
    private static final Pattern WORD_START = Pattern.compile("(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])");
    private static final int LONGEST = 60;

    private StableName() {}

    /** The name of a record type: its {@link Name}, or its simple name in kebab-case. */
    public static String of(Class<?> type) {
        Name fixed = type.getAnnotation(Name.class);
        String name = fixed != null ? fixed.value() : kebab(type.getSimpleName());
        return check("name of " + type.getName(), name);
    }

    /**
     * The name itself, if it is one.
     *
     * @throws IllegalArgumentException if it is not kebab-case of at most 60 characters
     */
    public static String check(String what, String name) {
        if (name.length() > LONGEST || !WELL_FORMED.matcher(name).matches()) {
            throw new IllegalArgumentException(
                    "The %s must be kebab-case of at most %d characters, such as 'order-line', but is '%s'"
                            .formatted(what, LONGEST, name));
        }
        return name;
    }

    private static String kebab(String simpleName) {
        return WORD_START.matcher(simpleName).replaceAll("-").toLowerCase(java.util.Locale.ROOT);
    }
}
