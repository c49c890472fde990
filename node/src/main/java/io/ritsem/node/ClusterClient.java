package io.ritsem.node;

import java.io.PrintStream;
import java.net.URI;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

import com.fasterxml.jackson.databind.JsonNode;

import static java.util.stream.Collectors.joining;

/**
 * Asks a running node who is in its cluster and has what: shards, entities, partitions of views. Confined to the main thread.
 */
final class ClusterClient {

    private static final String LINE = "%-28s %-24s %7s %10s  %s";
    private static final String NOBODY = "nobody";
    private static final String UNKNOWN = "?";

    private final NodeApi node;
    private final Table table;
    /** What each node has, in the order in which they are printed. */
    private final Map<String, Holding> holdings = new LinkedHashMap<>();
    private final Holding nobody = new Holding();

    /** What a node has: of each view its partitions. */
    private static final class Holding {

        private final Set<String> shards = new HashSet<>();
        private final Map<String, SortedSet<Integer>> partitions = new TreeMap<>();
        private long entities;
        private boolean uncounted;
    }

    /** @param node where its API is, such as {@code http://127.0.0.1:8080} */
    ClusterClient(URI node, PrintStream out) {
        this.node = new NodeApi(node);
        this.table = new Table(out, LINE);
    }

    /**
     * Prints a line for each node.
     *
     * @throws NodeStartException if no node answers, or with a problem
     */
    void show() {
        JsonNode cluster = node.get("/api/admin/cluster");
        cluster.path("members").forEach(member -> holdings.put(nameOf(member), new Holding()));
        cluster.path("shards").forEach(this::gatherShard);
        node.get(ViewsClient.PATH)
                .path("views")
                .forEach(view -> view.path("generations")
                        .forEach(generation -> gatherPartitions(view.path("view").asText(), generation)));
        table.print("node", "status", "shards", "entities", "partitions");
        cluster.path("members")
                .forEach(member -> print(member, nameOf(member).equals(nameOf(cluster))));
        printUnowned(cluster);
    }

    private static String nameOf(JsonNode node) {
        return node.path("node").asText().replaceFirst("^akka://", "");
    }

    private void gatherShard(JsonNode shard) {
        Holding holding = holdings.computeIfAbsent(nameOf(shard), _ -> new Holding());
        holding.shards.add(shard.path("shard").asText());
        holding.entities += shard.path("entities").asLong();
        holding.uncounted |= !shard.path("entities").isNumber();
    }

    private void gatherPartitions(String view, JsonNode generation) {
        boolean serves = generation.path("state").asText().equals("serving");
        String label = serves ? view : view + '#' + generation.path("generation").asText();
        for (JsonNode partition : generation.path("partitions")) {
            String owner = partition.path("condition").asText().equals("unowned") ? NOBODY : nameOf(partition);
            holdings.getOrDefault(owner, nobody).partitions.computeIfAbsent(label, _ -> new TreeSet<>())
                    .add(partition.path("partition").asInt());
        }
    }

    private void print(JsonNode member, boolean asked) {
        String name = nameOf(member);
        boolean answered = member.path("answered").asBoolean();
        List<String> status = new ArrayList<>(List.of(member.path("status").asText()));
        addIf(!member.path("reachable").asBoolean(), "unreachable", status);
        addIf(!answered, "silent", status);
        addIf(member.path("oldest").asBoolean(), "oldest", status);
        addIf(asked, "asked", status);
        Holding holding = holdings.getOrDefault(name, new Holding());
        table.print(name, String.join(", ", status), answered ? holding.shards.size() : UNKNOWN,
                answered ? holding.entities + (holding.uncounted ? "+" : "") : UNKNOWN, told(holding.partitions));
    }

    private static void addIf(boolean holds, String word, List<String> to) {
        if (holds) {
            to.add(word);
        }
    }

    /** A shard that no member tells of is nobody's, unless a member does not tell: it may be that one's. */
    private void printUnowned(JsonNode cluster) {
        Set<String> known = new HashSet<>();
        holdings.values().forEach(holding -> known.addAll(holding.shards));
        long shards = cluster.path("numberOfShards").asLong() - known.size();
        Map<String, SortedSet<Integer>> partitions = nobody.partitions;
        boolean silence = cluster.path("members")
                .valueStream()
                .anyMatch(member -> !member.path("answered").asBoolean());
        if (silence && shards > 0) {
            table.print(UNKNOWN, "", shards, "", "");
        }
        if ((!silence && shards > 0) || !partitions.isEmpty()) {
            table.print(NOBODY, "", silence ? UNKNOWN : shards, "", told(partitions));
        }
    }

    private static String told(Map<String, SortedSet<Integer>> partitions) {
        return partitions.entrySet()
                .stream()
                // a view of which one row may follow entities of all partitions has one cursor for all
                .map(view -> view.getKey() + ' ' + (view.getValue().first() < 0 ? "all" : ranges(view.getValue())))
                .collect(joining("  "));
    }

    /** Such as {@code 0-10,15}. */
    static String ranges(SortedSet<Integer> numbers) {
        StringBuilder text = new StringBuilder();
        for (int number : numbers) {
            boolean begins = !numbers.contains(number - 1);
            if (begins) {
                text.append(text.isEmpty() ? "" : ",").append(number);
            } else if (!numbers.contains(number + 1)) {
                text.append('-').append(number);
            }
        }
        return text.toString();
    }
}
