package io.ritsem.bench;

import java.io.IOException;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import io.ritsem.harness.HttpCaller;
import io.ritsem.harness.Latencies;
import io.ritsem.harness.NodeProcess;
import io.ritsem.harness.Options;
import io.ritsem.postgres.EmbeddedDatabase;

import static io.ritsem.bench.Report.say;

/**
 * Writes, each followed at once by one read of both views: with the write's token, and without; with the tail as it is,
 * and held back. Prints how many saw their own write, and how long the reads took.
 */
public final class ReadYourWrites {

    private static final Pattern VERSION = Pattern.compile("\"version\":(\\d+)");

    private final Options options;
    private final Report report = new Report("read-your-writes");

    private ReadYourWrites(Options options) {
        this.options = options;
    }

    /** Options: {@code --writes 2000 --callers 64}. */
    public static void main(String[] args) throws InterruptedException, IOException, SQLException {
        new ReadYourWrites(Options.parse(args, Map.of("writes", 2_000, "callers", 64))).run();
    }

    private void run() throws InterruptedException, IOException, SQLException {
        for (String holdBack : List.of("0ms", "300ms")) {
            try (EmbeddedDatabase server = EmbeddedDatabase.temporary();
                    NodeProcess node = NodeProcess.start(server.createDatabase(),
                            Map.of("ritsem.projections.tail.hold-back", holdBack))) {
                report.on(server);
                say("%n tail            token   writes   saw both   p50 ms   p99 ms");
                var _ = round(node.port(), "warm-up", true);
                row(holdBack, true, round(node.port(), "with", true));
                row(holdBack, false, round(node.port(), "without", false));
            }
        }
        report.write();
    }

    private record Outcome(int writes, int seen, Latencies reads) {}

    private Outcome round(int port, String name, boolean withToken) throws InterruptedException {
        int writes = options.of("writes");
        int callers = options.of("callers");
        Latencies reads = new Latencies();
        int seen = Callers.together(callers, 300, caller -> {
            int mine = writes / callers + (caller < writes % callers ? 1 : 0);
            return write(port, name + "-" + caller, mine, withToken, reads);
        }).stream().mapToInt(Integer::intValue).sum();
        return new Outcome(writes, seen, reads);
    }

    /** Writes and reads, and returns how many writes both reads had seen. */
    private static int write(int port, String account, int writes, boolean withToken, Latencies reads)
            throws IOException {
        int seen = 0;
        long[] nanos = new long[2 * writes];
        try (HttpCaller caller = new HttpCaller(port)) {
            expect200(caller.post("/api/entities/account/" + account + "/open", "",
                    "{\"owner\":\"o\",\"overdraft\":\"0\"}"));
            for (int write = 0; write < writes; write++) {
                String reference = account + "." + write;
                var answer = expect200(caller.post("/api/entities/account/" + account + "/deposit", "",
                        "{\"amount\":\"1.00\",\"reference\":\"%s\"}".formatted(reference)));
                String token = withToken ? "Consistency-Token: " + answer.header("Consistency-Token") + "\r\n"
                        : "";
                long asked = System.nanoTime();
                var balance = caller.get("/api/views/balances/" + account, token);
                long between = System.nanoTime();
                var turnover = caller.get("/api/views/turnover?reference=" + reference, token);
                nanos[2 * write] = between - asked;
                nanos[2 * write + 1] = System.nanoTime() - between;
                if (versionOf(balance) >= versionOf(answer) && turnover.body().contains("\"" + reference + "\"")) {
                    seen++;
                }
            }
        }
        reads.add(nanos);
        return seen;
    }

    private static long versionOf(HttpCaller.Answer answer) {
        Matcher version = VERSION.matcher(answer.body());
        return answer.status() == 200 && version.find() ? Long.parseLong(version.group(1)) : 0;
    }

    private static HttpCaller.Answer expect200(HttpCaller.Answer answer) {
        if (answer.status() != 200) {
            throw new IllegalStateException("Answered with %d: %s".formatted(answer.status(), answer.body()));
        }
        return answer;
    }

    private void row(String holdBack, boolean withToken, Outcome outcome) {
        String name = "held-" + holdBack + (withToken ? "-with" : "-without") + "-token";
        say(" held by %-6s %6s %8d %10d %8.1f %8.1f", holdBack, withToken ? "yes" : "no", outcome.writes(),
                outcome.seen(),
                outcome.reads().percentile(0.5), outcome.reads().percentile(0.99));
        report.keep(name + "-seen", (double) outcome.seen() / outcome.writes());
        report.keep(name + "-p50-millis", outcome.reads().percentile(0.5));
        report.keep(name + "-p99-millis", outcome.reads().percentile(0.99));
    }
}
