package io.ritsem.chaos.projections;

import java.io.IOException;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;

import io.ritsem.chaos.check.Inspection;
import io.ritsem.chaos.check.Owners;
import io.ritsem.chaos.fault.DatabaseFault;
import io.ritsem.chaos.load.Habits;
import io.ritsem.chaos.load.LagProbe;
import io.ritsem.chaos.load.NodeWatch;
import io.ritsem.chaos.load.ViewLags;
import io.ritsem.chaos.load.Workload;
import io.ritsem.chaos.scenario.Run;
import io.ritsem.chaos.scenario.Stage;
import io.ritsem.chaos.views.ChaosViews;
import io.ritsem.harness.Address;
import io.ritsem.harness.Latencies;
import io.ritsem.harness.NodeProcess;

/**
 * Three nodes on one database, each a cluster of its own. The first alone takes commands, so that each entity has one
 * owner; all three share the views' cursors and are read from all the time. Not thread-safe.
 */
final class Trio implements AutoCloseable {

    /** How long a node keeps a cursor without a sign of life; the shortest but one that can be set. */
    static final int LEASE_MILLIS = 2_000;

    private static final int FRESH_WITHIN_MILLIS = 3_000;
    private static final int PROBED_MILLIS = 2_000;
    private static final int SHOWN_WITHIN_MILLIS = 1_000;
    private static final List<String> VIEWS = List.of("balances", "turnover", "tally", "statements");

    private final Run run;
    private final Stage stage;
    private final Owners owners;
    private final List<Member> members = new ArrayList<>();
    private final Latencies lags = new Latencies();
    private long slowestMillis;
    private long probes;

    private Trio(Run run, Stage stage, Owners owners) {
        this.run = run;
        this.stage = stage;
        this.owners = owners;
    }

    /** One of the nodes, its present run as the leases name it, and the client that reads from it. */
    final class Member {

        private final NodeProcess node;
        private final NodeWatch watch;
        private final Map<String, String> properties;
        private UUID owner;

        private Member(NodeProcess node, UUID owner, Map<String, String> properties) {
            this.node = node;
            this.owner = owner;
            this.properties = new HashMap<>(properties);
            this.watch = new NodeWatch(node.address(), stage.log(), 10 * run.seed() + members.size());
        }

        UUID owner() {
            return owner;
        }

        Address address() {
            return node.address();
        }

        void freeze() {
            watch.leave();
            node.freeze();
        }

        void thaw() {
            node.thaw();
            watch.comeBack();
        }

        void kill() {
            watch.leave();
            node.kill();
        }

        void startAgain() throws SQLException {
            startAgain(Map.of());
        }

        /** @param changed system properties that are others than before */
        void startAgain(Map<String, String> changed) throws SQLException {
            properties.putAll(changed);
            node.startAgain(properties);
            owner = owners.newest();
            watch.comeBack();
        }
    }

    /** @param further system properties of all nodes */
    static Trio open(Run run, Map<String, String> further) throws IOException, SQLException {
        Map<String, String> properties = new HashMap<>(further);
        properties.put(ChaosViews.WANTED, "true");
        properties.put("ritsem.projections.lease", LEASE_MILLIS + " ms");
        Stage stage = Stage.open(run, properties);
        Trio trio = new Trio(run, stage, new Owners(stage.url()));
        boolean opened = false;
        try {
            trio.add(stage.node(), properties);
            trio.add(stage.startOther(properties), properties);
            trio.add(stage.startOther(properties), properties);
            opened = true;
            return trio;
        } finally {
            if (!opened) {
                trio.close();
            }
        }
    }

    private void add(NodeProcess node, Map<String, String> properties) throws SQLException {
        members.add(new Member(node, owners.newest(), properties));
    }

    Stage stage() {
        return stage;
    }

    Owners owners() {
        return owners;
    }

    List<Member> members() {
        return List.copyOf(members);
    }

    /** Crashes the database of all; returns the {@link System#nanoTime} at which it was back. */
    long inflict(DatabaseFault crash) throws SQLException {
        members.forEach(member -> {
            member.watch.leave();
            member.watch.forgiveOlder();
        });
        long back = crash.inflict(stage.server(), stage.random());
        members.forEach(member -> {
            member.watch.forgiveOlder();
            member.watch.comeBack();
        });
        return back;
    }

    /** Where their HTTP APIs are, the first node's first. */
    List<Address> nodes() {
        return members.stream().map(Member::address).toList();
    }

    /** Any of them. */
    Member any() {
        return members.get(stage.random().nextInt(members.size()));
    }

    /** Who has the one cursor of a view whose rows have keys of their own; any, if it is being handed over. */
    Member ownerOf(String view) throws SQLException {
        Optional<UUID> owner = owners.ofAllPartitions(view);
        return members.stream()
                .filter(member -> owner.filter(member.owner::equals).isPresent())
                .findFirst()
                .orElseGet(this::any);
    }

    /** Some hundred commands a second, deposits and transfers, so that the machine has time for three nodes. */
    Workload workload(int accounts) {
        return workload(accounts, 0);
    }

    /** @param time how often there was one before */
    Workload workload(int accounts, int time) {
        return new Workload(List.of(stage.node().address()), stage.log(), Habits.transfers(8, accounts, 20),
                run.seed() + 1_000L * time);
    }

    /**
     * What of it does not hold that is promised when a fault is over: every node says soon of every view that it lacks less
     * than a second, and shows everywhere what is acknowledged now within one, while others work on.
     */
    List<String> fresh(long since) throws IOException {
        List<String> broken = new ArrayList<>();
        long fresh = ViewLags.millisUntilFresh(nodes(), VIEWS, since, FRESH_WITHIN_MILLIS);
        slowestMillis = Math.max(slowestMillis, fresh);
        if (fresh > FRESH_WITHIN_MILLIS) {
            broken.add("%d ms after it was over a view was still more than a second behind".formatted(fresh));
        }
        return broken;
    }

    /** Measures on all three nodes for how long a balance does not show a deposit that was acknowledged. */
    List<String> probe(Workload load) {
        return probe(load, "balances");
    }

    /** @param view that has a row for each account */
    List<String> probe(Workload load, String view) {
        long until = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(PROBED_MILLIS);
        Address first = members.getFirst().address();
        probes++;
        Queue<String> broken = new ConcurrentLinkedQueue<>();
        load.together(members.stream().map(member -> (Callable<Void>) () -> {
            String account = "probe%d-%d".formatted(probes, member.address().port());
            try {
                lags.addAll(new LagProbe(first, member.address(), view, account, stage.log()).until(until));
            } catch (IllegalStateException notShown) {
                broken.add(String.valueOf(notShown.getMessage()));
            }
            return null;
        }).toList());
        if (lags.percentile(0.99) > SHOWN_WITHIN_MILLIS) {
            broken.add("a deposit was shown only after %.0f ms (p99)".formatted(lags.percentile(0.99)));
        }
        return List.copyOf(broken);
    }

    /** What must hold when all is over and all three are at work. */
    List<String> inspect() throws SQLException, IOException {
        members.forEach(member -> member.watch.close());
        List<String> broken = new ArrayList<>(views("in the end", Set.of()));
        for (Member member : members) {
            broken.addAll(member.watch.broken());
            broken.addAll(new Inspection(stage.url(), member.address()).neverHad(member.watch.shown()));
        }
        return broken;
    }

    /**
     * What does not hold while no commands come.
     *
     * @param when this is, in words
     * @param excepted the accounts of which there is no statement
     */
    List<String> views(String when, Set<String> excepted) throws SQLException, IOException {
        List<String> broken = new ArrayList<>(stage.inspect());
        broken.addAll(new Inspection(stage.url(), members.getFirst().address()).furtherViews(excepted));
        return broken.stream().map(line -> when + ": " + line).toList();
    }

    /** What the readers saw, in words. */
    String note() {
        int answers = members.stream().mapToInt(member -> member.watch.answers()).sum();
        int behind = members.stream().mapToInt(member -> member.watch.behind()).sum();
        return "fresh again %d ms after, then shown p50 %.0f p99 %.0f ms; %d rows read, %d times behind".formatted(
                slowestMillis, lags.percentile(0.5), lags.percentile(0.99), answers, behind);
    }

    @Override public void close() {
        members.forEach(member -> member.watch.close());
        try (stage) {
            owners.close();
        } catch (SQLException failure) {
            throw new IllegalStateException("A connection that could not be closed", failure);
        }
    }
}
