package io.ritsem.bench;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

import com.sun.management.OperatingSystemMXBean;

import io.ritsem.postgres.EmbeddedDatabase;

import static java.util.stream.Collectors.joining;

/** Figures for people, line by line, and at the end as JSON, with the machine that gave them. Confined to its caller. */
final class Report {

    private final String name;
    private final Map<String, String> machine = new LinkedHashMap<>();
    private final Map<String, Double> figures = new LinkedHashMap<>();

    /** @param name of the benchmark, as {@code bench/run} knows it */
    Report(String name) {
        this.name = name;
        OperatingSystemMXBean system = ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class);
        machine.put("cores", Integer.toString(system.getAvailableProcessors()));
        machine.put("gigabytes", Long.toString(Math.round(system.getTotalMemorySize() / 1e9)));
        machine.put("system", system.getName() + " " + system.getArch());
        machine.put("java", Runtime.version().toString());
    }

    /**
     * Says what the machine is, with its PostgreSQL.
     *
     * @throws IllegalStateException if that does not keep what it has confirmed: a figure without that means nothing
     */
    void on(EmbeddedDatabase server) throws SQLException {
        String url = server.jdbcUrl();
        for (String setting : List.of("fsync", "synchronous_commit", "full_page_writes")) {
            if (!ask(url, "SHOW " + setting).equals("on")) {
                throw new IllegalStateException(setting + " is off");
            }
        }
        machine.put("postgresql", ask(url, "SHOW server_version"));
        say("%s",
                machine.entrySet().stream().map(fact -> fact.getKey() + " " + fact.getValue()).collect(joining(", ")));
    }

    @SuppressWarnings("AnnotateFormatMethod") // the annotation would be a dependency for one line
    static void say(String format, Object... values) {
        System.out.println(String.format(Locale.ROOT, format, values));
    }

    /** Keeps a figure for the JSON. */
    void keep(String figure, double value) {
        figures.put(figure, value);
    }

    /** The middle of some figures. */
    static double median(List<Double> figures) {
        List<Double> sorted = figures.stream().sorted().toList();
        int middle = sorted.size() / 2;
        return sorted.size() % 2 == 1 ? sorted.get(middle) : (sorted.get(middle - 1) + sorted.get(middle)) / 2;
    }

    /** Writes {@code results/<name>.json}. */
    void write() throws IOException {
        Path file = Path.of("results", name + ".json");
        Files.createDirectories(file.toAbsolutePath().getParent());
        Files.writeString(file, "{\n%s,\n%s\n}\n".formatted(
                machine.entrySet()
                        .stream()
                        .map(fact -> "\"%s\":\"%s\"".formatted(fact.getKey(), fact.getValue()))
                        .collect(joining(",", "\"machine\":{", "}")),
                figures.entrySet()
                        .stream()
                        .map(figure -> String.format(Locale.ROOT, "\"%s\":%.2f", figure.getKey(), figure.getValue()))
                        .collect(joining(",\n"))));
        say("%nWritten to bench/%s", file);
    }

    private static String ask(String url, String sql) throws SQLException {
        try (Connection connection = DriverManager.getConnection(url);
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(sql)) {
            if (!rows.next()) {
                throw new IllegalStateException("No answer to " + sql);
            }
            return rows.getString(1);
        }
    }
}
