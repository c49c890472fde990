package io.ritsem.chaos.cluster;

import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.concurrent.TimeUnit;

import io.ritsem.chaos.ground.Ground;
import io.ritsem.harness.Address;
import io.ritsem.harness.HttpCaller;
import io.ritsem.harness.Launch;
import io.ritsem.harness.NodeProcess;

/** A node of a cluster, at a place of its own, again and again the same. Thread-safe. */
final class ClusterNode {

    private static final int REMOTING = 25_520;
    private static final int MANAGEMENT = 8_558;
    private static final int HTTP = 8_080;
    private static final int PROBE_MILLIS = 1_000;
    private static final int GRACE_SECONDS = 90;

    /** Three of them and a PostgreSQL share two cores. */
    private static final List<String> SMALL = List.of("-Xms128m", "-Xmx256m", "-XX:ActiveProcessorCount=2",
            "-XX:TieredStopAtLevel=1", "-Xshare:auto");

    private final int number;
    private final Address http;
    private final Address management;
    private final Address remoting;
    private final Launch launch;
    private NodeProcess process;

    /** Where a node of a cluster will be. */
    record Site(int number, Address http, Address management, Address remoting) {

        static Site of(Ground ground, int number) {
            String host = ground.host(number);
            return new Site(number, new Address(host, ground.port(HTTP)), new Address(host, ground.port(MANAGEMENT)),
                    new Address(host, ground.port(REMOTING)));
        }
    }

    /**
     * What it has in common with the others.
     *
     * @param contacts the management addresses of all; empty for a node that is alone
     * @param properties its system properties
     */
    record Setting(String databaseUrl, List<Address> contacts, Map<String, String> properties) {}

    /**
     * Starts it and returns at once.
     *
     * @param entry the words that take it to its network
     */
    ClusterNode(Site site, List<String> entry, Setting setting, Path log) {
        this.number = site.number();
        this.http = site.http();
        this.management = site.management();
        this.remoting = site.remoting();
        Map<String, String> environment = new HashMap<>();
        environment.put("RITSEM_DATABASE_URL", setting.databaseUrl());
        environment.put("RITSEM_HTTP_HOST", http.host());
        environment.put("RITSEM_HTTP_ALLOW_UNAUTHENTICATED", "true");
        environment.put("RITSEM_MANAGEMENT_HOST", management.host());
        environment.put("RITSEM_MANAGEMENT_PORT", Integer.toString(management.port()));
        environment.put("RITSEM_REMOTING_HOST", remoting.host());
        environment.put("RITSEM_REMOTING_PORT", Integer.toString(remoting.port()));
        environment.put("RITSEM_CLUSTER", setting.contacts().isEmpty() ? "alone" : "contact-points");
        environment.put("RITSEM_CLUSTER_CONTACT_POINTS", String.join(",",
                setting.contacts().stream().map(Address::toString).toList()));
        this.launch = new Launch(entry, http, SMALL, environment, setting.properties(),
                Redirect.appendTo(log.toFile()));
        this.process = NodeProcess.begin(launch);
    }

    int number() {
        return number;
    }

    /** Its HTTP API. */
    Address address() {
        return http;
    }

    /** Where other nodes know it. */
    Address remoting() {
        return remoting;
    }

    synchronized NodeProcess process() {
        return process;
    }

    /** Starts another process in its place; returns at once. */
    synchronized void startAgain() {
        process.beginAgain();
    }

    /** Starts another process in its place, with other system properties; returns at once. */
    synchronized void startAgain(Map<String, String> properties) {
        process.beginAgain(properties);
    }

    /** Whether it says that it is ready, within a second. */
    boolean isReady() {
        return answers("/ready");
    }

    private boolean answers(String path) {
        try (HttpCaller probe = new HttpCaller(management, PROBE_MILLIS)) {
            return probe.get(path, "").status() == 200;
        } catch (IOException none) {
            return false;
        }
    }

    /**
     * Asks it to stop in order and waits for that, by force after 90 s.
     *
     * @return its exit code; empty if it had to be killed
     */
    OptionalInt stop() {
        process().terminate();
        OptionalInt exit = process().exitWithin(TimeUnit.SECONDS.toMillis(GRACE_SECONDS));
        if (exit.isEmpty()) {
            process().kill();
        }
        return exit;
    }
}
