package io.ritsem.harness;

import java.util.HashMap;
import java.util.Map;

/** The whole numbers that a command takes as {@code --name value}. Immutable. */
public record Options(Map<String, Integer> values) {

    /**
     * Reads them over the defaults.
     *
     * @throws IllegalArgumentException if there is another option, or a value that is no whole number from 0
     */
    public static Options parse(String[] args, Map<String, Integer> defaults) {
        Map<String, Integer> values = new HashMap<>(defaults);
        for (int at = 0; at < args.length; at += 2) {
            String name = args[at].startsWith("--") ? args[at].substring(2) : args[at];
            if (!defaults.containsKey(name) || at + 1 == args.length || !args[at + 1].matches("\\d{1,6}")) {
                throw new IllegalArgumentException(
                        "Options are --NAME NUMBER, with these names and defaults: " + defaults);
            }
            values.put(name, Integer.parseInt(args[at + 1]));
        }
        return new Options(Map.copyOf(values));
    }

    /** The value of this name. */
    public int of(String name) {
        return values.getOrDefault(name, 0);
    }
}
