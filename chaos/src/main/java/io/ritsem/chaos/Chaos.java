package io.ritsem.chaos;

import java.io.IOException;
import java.sql.SQLException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

import io.ritsem.chaos.cluster.ClusterScenarios;
import io.ritsem.chaos.ground.Ground;
import io.ritsem.chaos.journal.JournalScenarios;
import io.ritsem.chaos.projections.ProjectionScenarios;
import io.ritsem.chaos.scenario.Run;
import io.ritsem.chaos.scenario.Scenario;

/**
 * Runs scenarios one after the other, prints a row for each and seed, and ends with 1 if one failed (or, where the
 * environment says {@code CI=true}, was skipped), 2 if misused.
 */
public final class Chaos {

    private Chaos() {}

    /** {@code <scenario>|journal|projections|cluster|all [--seed N] [--without <guard>] [--minutes N]}. */
    public static void main(String[] arguments) throws IOException, SQLException {
        Map<String, List<Scenario>> groups = groups();
        Orders orders;
        try {
            orders = Orders.of(List.of(arguments), names(groups));
        } catch (IllegalArgumentException misused) {
            System.err.println("chaos: " + misused.getMessage());
            System.exit(2);
            return;
        }
        System.exit(run(orders, groups, new Report(System.out, "true".equals(System.getenv("CI")))));
    }

    private static Map<String, List<Scenario>> groups() {
        Map<String, List<Scenario>> groups = new LinkedHashMap<>();
        groups.put("journal", JournalScenarios.all());
        groups.put("projections", ProjectionScenarios.all());
        groups.put("cluster", ClusterScenarios.all());
        return groups;
    }

    private static Map<String, List<String>> names(Map<String, List<Scenario>> groups) {
        return groups.entrySet()
                .stream()
                .collect(Collectors.toMap(Map.Entry::getKey, group -> names(group.getValue()), (one, _) -> one,
                        LinkedHashMap::new));
    }

    private static List<String> names(List<Scenario> scenarios) {
        return scenarios.stream().map(Scenario::name).toList();
    }

    private static int run(Orders orders, Map<String, List<Scenario>> groups, Report report)
            throws IOException, SQLException {
        if (names(ClusterScenarios.all()).stream().anyMatch(orders.scenarios()::contains)
                && Ground.here().networks().isEmpty()) {
            System.out
                    .println("Nodes at 127.0.0.1 to 3, since networks of their own cannot be had here (they need root, "
                            + "'unshare', 'ip' and 'iptables'): what cuts a way between them is skipped.");
        }
        report.begin();
        for (Scenario scenario : groups.values().stream().flatMap(List::stream).toList()) {
            if (orders.scenarios().contains(scenario.name())) {
                for (long seed : scenario.seeds(orders.seeds())) {
                    report.add(scenario.run(new Run(scenario.name(), seed, orders.without(), orders.minutes())));
                }
            }
        }
        return report.end();
    }
}
