package io.ritsem.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

import static java.util.stream.Collectors.joining;

/** Figures for people, line by line, and at the end as JSON. Confined to its caller. */
final class Report {

    private final String command;
    private final Map<String, Double> figures = new LinkedHashMap<>();

    Report(String command) {
        this.command = command;
    }

    @SuppressWarnings("AnnotateFormatMethod") // the annotation would be a dependency for one line
    static void say(String format, Object... values) {
        System.out.println(String.format(Locale.ROOT, format, values));
    }

    /** Keeps a figure for the JSON. */
    void keep(String name, double figure) {
        figures.put(name, figure);
    }

    /** The middle of some figures. */
    static double median(List<Double> figures) {
        List<Double> sorted = figures.stream().sorted().toList();
        int middle = sorted.size() / 2;
        return sorted.size() % 2 == 1 ? sorted.get(middle) : (sorted.get(middle - 1) + sorted.get(middle)) / 2;
    }

    /** Writes {@code target/<command>.json}. */
    void write() throws IOException {
        Path file = Path.of("target", command + ".json");
        Files.createDirectories(file.toAbsolutePath().getParent());
        Files.writeString(file, figures.entrySet()
                .stream()
                .map(figure -> String.format(Locale.ROOT, "\"%s\":%.2f", figure.getKey(), figure.getValue()))
                .collect(joining(",", "{", "}\n")));
        say("%nWritten to %s", file);
    }
}
