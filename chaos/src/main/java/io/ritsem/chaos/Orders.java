package io.ritsem.chaos;

import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

import io.ritsem.chaos.scenario.Guard;

/**
 * What the command line asks for. Immutable.
 *
 * @param scenarios their names
 * @param without the guard that is switched off
 * @param minutes how long a scenario takes that takes as long as it is told
 */
record Orders(List<String> scenarios, List<Long> seeds, Guard without, int minutes) {

    private static final List<Long> USUAL_SEEDS = List.of(1L, 2L, 3L);
    private static final int USUAL_MINUTES = 5;

    /**
     * Reads it.
     *
     * @param groups the names of all scenarios, by that of their group
     * @throws IllegalArgumentException if it is wrong; the message says what would be right
     */
    static Orders of(List<String> arguments, Map<String, List<String>> groups) {
        if (arguments.isEmpty()) {
            throw new IllegalArgumentException(usage(groups));
        }
        String what = arguments.getFirst();
        List<String> known = groups.values().stream().flatMap(List::stream).toList();
        List<String> scenarios = what.equals("all") ? known : groups.getOrDefault(what, List.of(what));
        if (!known.containsAll(scenarios)) {
            throw new IllegalArgumentException("There is no scenario '" + what + "'; " + usage(groups));
        }
        Orders orders = new Orders(scenarios, USUAL_SEEDS, Guard.NONE, USUAL_MINUTES);
        for (int at = 1; at < arguments.size(); at++) {
            orders = switch (arguments.get(at)) {
                case "--seed" -> orders.seeded(value(arguments, ++at));
                case "--without" ->
                        new Orders(orders.scenarios, orders.seeds, Guard.of(value(arguments, ++at)), orders.minutes);
                case "--minutes" ->
                        new Orders(orders.scenarios, orders.seeds, orders.without, minutes(value(arguments, ++at)));
                default -> throw new IllegalArgumentException(
                        "There is no option '" + arguments.get(at) + "'; " + usage(groups));
            };
        }
        return orders;
    }

    private Orders seeded(String seed) {
        if (!seed.matches("\\d{1,9}")) {
            throw new IllegalArgumentException("A seed is a whole number of at most 9 digits, not '" + seed + "'");
        }
        return new Orders(scenarios, List.of(Long.parseLong(seed)), without, minutes);
    }

    private static int minutes(String minutes) {
        if (!minutes.matches("[1-9]\\d{0,3}")) {
            throw new IllegalArgumentException("--minutes is a whole number from 1 to 9999, not '" + minutes + "'");
        }
        return Integer.parseInt(minutes);
    }

    private static String value(List<String> arguments, int at) {
        if (at >= arguments.size()) {
            throw new IllegalArgumentException(arguments.getLast() + " needs a value");
        }
        return arguments.get(at);
    }

    private static String usage(Map<String, List<String>> groups) {
        return groups.entrySet()
                .stream()
                .map(group -> String.join("|", group.getValue()) + "|" + group.getKey())
                .collect(Collectors.joining("|", "chaos/run ", "|all [--seed N] [--without GUARD] [--minutes N]"));
    }
}
