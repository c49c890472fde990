package io.ritsem.bench;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;

import io.ritsem.harness.HttpCaller;

import static io.ritsem.bench.DepositLoad.expect200;

/** The two views of the bank, as an operator sees them. */
final class BankViews {

    static final List<String> NAMES = List.of("balances", "turnover");

    private static final Pattern BEHIND = Pattern.compile("\"behind\":[1-9]");
    private static final Duration TO_CATCH_UP = Duration.ofMinutes(5);

    private BankViews() {}

    /** Waits until no event is left to them, whose work would fall on what is measured next. */
    static void awaitCaughtUp(int port) throws IOException, InterruptedException {
        long end = System.nanoTime() + TO_CATCH_UP.toNanos();
        while (areBehind(port)) {
            if (System.nanoTime() > end) {
                throw new IllegalStateException("The views have not caught up within " + TO_CATCH_UP);
            }
            TimeUnit.MILLISECONDS.sleep(50);
        }
    }

    private static boolean areBehind(int port) throws IOException {
        try (HttpCaller operator = new HttpCaller(port)) {
            return BEHIND.matcher(expect200(operator.get("/api/admin/projections", "")).body()).find();
        }
    }

    /** Has an action done to both, such as {@code pause}. */
    static void act(int port, String action) throws IOException {
        try (HttpCaller operator = new HttpCaller(port)) {
            for (String view : NAMES) {
                var _ = expect200(operator.post("/api/admin/projections/" + view + "/" + action, "",
                        "{\"reason\":\"a benchmark\"}"));
            }
        }
    }
}
