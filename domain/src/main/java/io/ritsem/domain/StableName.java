package io.ritsem.domain;

import java.util.regex.Pattern;

/** The names that are stored and sent: kebab-case, independent of class names; and their versions. Stateless. */
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
     * The version of an event's record: its {@link Version}, or 1.
     *
     * @throws IllegalArgumentException if it is below 1
     */
    public static int versionOf(Class<?> type) {
        Version fixed = type.getAnnotation(Version.class);
        if (fixed != null && fixed.value() < 1) {
            throw new IllegalArgumentException(
                    "The version of %s must be at least 1, but is %d".formatted(type.getName(), fixed.value()));
        }
        return fixed == null ? 1 : fixed.value();
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
