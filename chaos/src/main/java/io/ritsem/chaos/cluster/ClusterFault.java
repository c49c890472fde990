package io.ritsem.chaos.cluster;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

import io.ritsem.chaos.fault.Pause;
import io.ritsem.chaos.ground.Networks;
import io.ritsem.harness.Address;
import io.ritsem.harness.NodeProcess;

/** What can happen to a node of a cluster. */
enum ClusterFault {

    /** {@code kill -9}; the platform starts another. */
    KILLED(false) {
        @Override void happen(Cluster cluster, ClusterNode victim, long millis) {
            victim.process().kill();
            Pause.millis(millis);
        }
    },

    /** SIGSTOP, then SIGCONT; nothing if it ends by itself just then, as who was cut off a moment before does. */
    FROZEN(false) {
        @Override void happen(Cluster cluster, ClusterNode victim, long millis) {
            NodeProcess process = victim.process();
            if (process.freezeIfAlive()) {
                Pause.millis(millis);
                process.thaw();
            } else {
                cluster.diary().note("node %d had ended already".formatted(victim.number()));
            }
        }
    },

    /** It and the others do not reach each other; clients and the database reach all. */
    ALONE(true) {
        @Override void happen(Cluster cluster, ClusterNode victim, long millis) {
            networks(cluster).part(List.of(victim.address().host()), others(cluster, victim));
            Pause.millis(millis);
            networks(cluster).heal();
        }
    },

    /** It hears the others, and nothing that it says to them arrives: what it sends by connections of its own is dropped. */
    UNHEARD(true) {
        @Override void happen(Cluster cluster, ClusterNode victim, long millis) {
            for (ClusterNode other : cluster.nodes()) {
                if (!other.equals(victim)) {
                    networks(cluster).cut(victim.address().host(), other.remoting());
                }
            }
            Pause.millis(millis);
            networks(cluster).heal();
        }
    },

    /** It and one other do not reach each other, and both reach the third. */
    PAIR(true) {
        @Override void happen(Cluster cluster, ClusterNode victim, long millis) {
            List<String> others = others(cluster, victim);
            networks(cluster).part(List.of(victim.address().host()),
                    List.of(others.get(cluster.random().nextInt(others.size()))));
            Pause.millis(millis);
            networks(cluster).heal();
        }
    },

    /** Alone for 3 s, back for 3 s, again and again. */
    FLAPPING(true) {
        @Override void happen(Cluster cluster, ClusterNode victim, long millis) {
            for (long passed = 0; passed < millis; passed += 2 * FLAP_MILLIS) {
                networks(cluster).part(List.of(victim.address().host()), others(cluster, victim));
                Pause.millis(FLAP_MILLIS);
                networks(cluster).heal();
                Pause.millis(FLAP_MILLIS);
            }
        }
    },

    /** It does not reach the database, and everything else does. */
    WITHOUT_DATABASE(true) {
        @Override void happen(Cluster cluster, ClusterNode victim, long millis) {
            networks(cluster).part(List.of(victim.address().host()),
                    cluster.databases().stream().map(database -> database.host()).toList());
            Pause.millis(millis);
            networks(cluster).heal();
        }
    };

    private static final int FLAP_MILLIS = 3_000;

    private final boolean needsNetworks;

    ClusterFault(boolean needsNetworks) {
        this.needsNetworks = needsNetworks;
    }

    boolean needsNetworks() {
        return needsNetworks;
    }

    /** Lets it happen for so long, and notes it; returns when it is over. */
    void inflict(Cluster cluster, ClusterNode victim, long millis) {
        String what = name().toLowerCase(Locale.ROOT).replace('_', ' ');
        cluster.diary().note("node %d is %s for %d ms".formatted(victim.number(), what, millis));
        happen(cluster, victim, millis);
        cluster.diary().note("node %d was %s".formatted(victim.number(), what));
    }

    abstract void happen(Cluster cluster, ClusterNode victim, long millis);

    private static Networks networks(Cluster cluster) {
        return cluster.networks().orElseThrow();
    }

    private static List<String> others(Cluster cluster, ClusterNode victim) {
        List<String> others = new ArrayList<>();
        cluster.nodes()
                .stream()
                .filter(node -> !node.equals(victim))
                .map(ClusterNode::address)
                .map(Address::host)
                .forEach(others::add);
        return others;
    }
}
