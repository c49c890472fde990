package io.ritsem.harness;

import java.io.BufferedReader;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import static java.nio.charset.StandardCharsets.UTF_8;

/**
 * A training run: starts a node with the bank, asks of it what clients ask, and stops it in order, whereupon its JVM makes an
 * AOT cache of what it has seen. Prints what the node says.
 */
public final class TrainingLoad {

    private static final int CALLERS = 64;
    /** Of each caller, unless the time is over before: enough for the JVM to find what is called often. */
    private static final int ROUNDS = 300;
    private static final Duration LOAD = Duration.ofSeconds(60);
    /** For all together; writing the cache takes some seconds. */
    private static final Duration LIMIT = Duration.ofMinutes(4);
    private static final Pattern ADDRESS = Pattern.compile("http://([0-9.]+):([0-9]+)");

    private final Process node;
    private final BufferedReader said;

    private TrainingLoad(Process node) {
        this.node = node;
        this.said = node.inputReader(UTF_8);
    }

    /**
     * Takes the command line that starts the node.
     *
     * @throws IllegalStateException if it does not serve, answers other than it should, or does not end with 0 within 4 minutes
     */
    public static void main(String[] command) throws IOException, InterruptedException {
        Process node = new ProcessBuilder(command).redirectErrorStream(true).start();
        // also if this process is told to end
        Runtime.getRuntime().addShutdownHook(new Thread(node.toHandle()::destroy, "training-stop"));
        CompletableFuture.delayedExecutor(LIMIT.toSeconds(), TimeUnit.SECONDS).execute(node::destroyForcibly);
        new TrainingLoad(node).run();
    }

    private void run() throws IOException, InterruptedException {
        Address address = address();
        Thread.ofVirtual().start(() -> said.lines().forEach(System.out::println));
        System.out.println(load(address) + " rounds");
        // not the process's own destroy(), which would not let it say any more
        node.toHandle().destroy();
        if (!node.waitFor(LIMIT.toSeconds(), TimeUnit.SECONDS) || node.exitValue() != 0) {
            throw new IllegalStateException("The node has not ended in order");
        }
    }

    /** It says so when it is ready, and then where. */
    private Address address() throws IOException {
        boolean ready = false;
        for (String line = said.readLine(); line != null; line = said.readLine()) {
            System.out.println(line);
            ready |= line.startsWith("Ritsem is ready");
            Matcher at = ADDRESS.matcher(line);
            if (ready && at.find()) {
                return new Address(at.group(1), Integer.parseInt(at.group(2)));
            }
        }
        throw new IllegalStateException("The node has ended before it was ready");
    }

    private static int load(Address address) throws InterruptedException {
        long end = System.nanoTime() + LOAD.toNanos();
        List<Future<Integer>> callers = new ArrayList<>();
        int rounds = 0;
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (int caller = 0; caller < CALLERS; caller++) {
                int number = caller;
                callers.add(threads.submit(() -> {
                    try (HttpCaller connection = new HttpCaller(address)) {
                        return new Client(connection, number).roundsUntil(end);
                    }
                }));
            }
            for (Future<Integer> caller : callers) {
                rounds += caller.get(LIMIT.toSeconds(), TimeUnit.SECONDS);
            }
        } catch (ExecutionException | TimeoutException failure) {
            throw new IllegalStateException("A caller failed: " + failure, failure);
        }
        return rounds;
    }

    /** One caller with accounts of its own. Confined to its thread. */
    private record Client(HttpCaller http, int number) {

        private static final int ACCOUNTS = 16;
        private static final String SALARY = "{\"amount\":\"1.00\",\"reference\":\"salary\"}";
        private static final String RENT = "{\"amount\":\"1000000.00\",\"reference\":\"rent\"}";

        private int roundsUntil(long end) throws IOException {
            for (int account = 0; account < ACCOUNTS; account++) {
                expect(200, http.post(path(account) + "/open", "", "{\"owner\":\"Ada\",\"overdraft\":\"0\"}"));
            }
            int round = 0;
            while (round < ROUNDS && System.nanoTime() < end) {
                deposit(round++);
            }
            return round;
        }

        /** Most of all deposits; now and then something else, too. */
        private void deposit(int round) throws IOException {
            String account = path(round % ACCOUNTS);
            String key = "Idempotency-Key: %d-%d\r\n".formatted(number, round);
            HttpCaller.Answer deposited = expect(200, http.post(account + "/deposit", key, SALARY));
            switch (round % 20) {
                case 0 -> expect(200, http.post(account + "/deposit", key, SALARY));
                case 2 -> expect(422, http.post(account + "/withdraw", key.replace(":", ": rent-"), RENT));
                case 4 -> expect(400, http.post(account + "/deposit", "", "{\"amount\":1}"));
                case 6 -> expect(200, http.post(account + "/deposit?dryRun=true", "", SALARY));
                case 8 -> expect(200, http.get(account, ""));
                case 10 -> expect(200, http.get(account + "/events?limit=10", ""));
                case 12 -> expect(200, http.get("/api/views/balances/" + id(round % ACCOUNTS), token(deposited)));
                case 14 -> expect(200, http.get("/api/views/balances?balance.gte=10&sort=-balance&limit=5", ""));
                case 16 -> expect(200, http.get("/api/views/turnover?reference=salary", ""));
                case 18 -> expect(404, http.get("/api/views/balances/nobody", ""));
                default -> {}
            }
        }

        private String path(int account) {
            return "/api/entities/account/" + id(account);
        }

        private String id(int account) {
            return number + "-" + account;
        }

        private static String token(HttpCaller.Answer answer) {
            return "Consistency-Token: %s\r\n".formatted(answer.header("Consistency-Token"));
        }

        private static HttpCaller.Answer expect(int status, HttpCaller.Answer answer) {
            if (answer.status() != status) {
                throw new IllegalStateException("%d, and not %d: %s".formatted(answer.status(), status, answer.body()));
            }
            return answer;
        }
    }
}
