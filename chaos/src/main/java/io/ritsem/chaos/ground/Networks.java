package io.ritsem.chaos.ground;

import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.Stream;

import io.ritsem.harness.Address;
import io.ritsem.postgres.Place;

/**
 * A network for each node and each database, and a bridge between them, where the clients are. All of it belongs to the
 * namespaces of this process and goes with them. A packet is dropped where it would arrive, without a word to who sent it.
 * Thread-safe.
 */
public final class Networks implements Ground {

    /** The network of RFC 5737 for documentation, which leads nowhere. */
    private static final String NETWORK = "192.0.2.";
    private static final String BRIDGE = NETWORK + "254";
    private static final int DATABASES = 2;
    private static final int FIRST_DATABASE = 100;
    private static final int DATABASE_PORT = 5432;

    private Networks() {}

    static Networks make() {
        Networks networks = new Networks();
        Program.run("mkdir", "-p", "/run/netns");
        Program.run("mount", "-t", "tmpfs", "ritsem-chaos", "/run/netns");
        Program.run("ip", "link", "add", "bridge", "type", "bridge");
        Program.run("ip", "address", "add", BRIDGE + "/24", "dev", "bridge");
        Program.run("ip", "link", "set", "bridge", "up");
        networks.all().forEach(Networks::add);
        return networks;
    }

    private Stream<String> all() {
        return Stream.concat(IntStream.rangeClosed(1, NODES).mapToObj(this::host),
                IntStream.rangeClosed(1, DATABASES).mapToObj(number -> database(number).address()));
    }

    private static void add(String address) {
        String name = name(address);
        Program.run("ip", "netns", "add", name);
        Program.run("ip", "link", "add", name, "type", "veth", "peer", "name", "eth0", "netns", name);
        Program.run("ip", "link", "set", name, "master", "bridge", "up");
        at(address, "ip", "link", "set", "lo", "up");
        at(address, "ip", "address", "add", address + "/24", "dev", "eth0");
        at(address, "ip", "link", "set", "eth0", "up");
    }

    private static String name(String address) {
        return "at" + address.substring(NETWORK.length());
    }

    private static List<String> entryOf(String address) {
        return List.of("ip", "netns", "exec", name(address));
    }

    private static void at(String address, String... words) {
        Program.run(Stream.concat(entryOf(address).stream(), Stream.of(words)).toArray(String[]::new));
    }

    /** Where a database listens. */
    public Place database(int number) {
        String address = NETWORK + (FIRST_DATABASE + number);
        return new Place(address, DATABASE_PORT, entryOf(address));
    }

    /** Drops what one sends to another; what goes the other way arrives. */
    public void cut(String from, String to) {
        at(to, "iptables", "-w", "-A", "INPUT", "-s", from, "-j", "DROP");
    }

    /** Drops what one sends to this port of another, and by the same connections; what it answers to others' arrives. */
    public void cut(String from, Address to) {
        at(to.host(), "iptables", "-w", "-A", "INPUT", "-s", from, "-p", "tcp", "--dport", Integer.toString(to.port()),
                "-j",
                "DROP");
    }

    /** Drops what these send to those, and the other way round. */
    public void part(List<String> these, List<String> those) {
        for (String one : these) {
            for (String other : those) {
                cut(one, other);
                cut(other, one);
            }
        }
    }

    /** Lets everything through again. */
    public void heal() {
        all().forEach(address -> at(address, "iptables", "-w", "-F", "INPUT"));
    }

    @Override public Optional<Networks> networks() {
        return Optional.of(this);
    }

    @Override public String host(int node) {
        return NETWORK + node;
    }

    @Override public List<String> entry(int node) {
        return entryOf(host(node));
    }

    @Override public int port(int usual) {
        return usual;
    }
}
