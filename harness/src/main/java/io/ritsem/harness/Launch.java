package io.ritsem.harness;

import java.lang.ProcessBuilder.Redirect;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * How a node is started. Immutable.
 *
 * @param entry the words before its command line that take it to a network of its own; none for that of this process
 * @param http where it takes requests
 * @param jvm options of its virtual machine
 * @param environment its variables, beside those of this process
 * @param properties its system properties
 * @param output where what it says goes
 */
public record Launch(List<String> entry, Address http, List<String> jvm, Map<String, String> environment,
        Map<String, String> properties, Redirect output) {

    private static final List<String> USUAL_JVM = List.of("-Xms256m", "-Xmx1g");

    /** A node of this machine that nobody else has to know. */
    static Launch alone(String databaseUrl, int port, Map<String, String> properties, Redirect output) {
        return new Launch(List.of(), Address.loopback(port), USUAL_JVM,
                Map.of("RITSEM_DATABASE_URL", databaseUrl, "RITSEM_MANAGEMENT_PORT", "0"), properties, output);
    }

    /** The same with other system properties. */
    Launch with(Map<String, String> others) {
        return new Launch(entry, http, jvm, environment, others, output);
    }

    /** The same with another heap, such as {@code 512m}. */
    Launch withHeap(String heap) {
        return new Launch(entry, http, List.of("-Xms" + heap, "-Xmx" + heap), environment, properties, output);
    }

    /** Starts the program with these words. */
    ProcessBuilder process(String java, String... words) {
        List<String> line = new ArrayList<>(entry);
        line.addAll(List.of(java, "-XX:ThreadStackSize=8192", "--sun-misc-unsafe-memory-access=allow", "-XX:+UseG1GC",
                "-XX:+UseCompactObjectHeaders"));
        line.addAll(jvm);
        line.addAll(List.of("-cp", System.getProperty("java.class.path")));
        properties.forEach((key, value) -> line.add("-D" + key + "=" + value));
        line.add("io.ritsem.node.Main");
        line.addAll(List.of(words));
        ProcessBuilder builder = new ProcessBuilder(line).redirectErrorStream(true).redirectOutput(output);
        builder.environment().putAll(new HashMap<>(environment));
        return builder;
    }
}
