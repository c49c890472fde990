package io.ritsem.node;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.lang.management.ManagementFactory;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.IntStream;

import org.jspecify.annotations.Nullable;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.stream.Collectors.joining;

/**
 * Several nodes on this machine that form one cluster, each a process on a loopback address of its own, as they would be
 * pods. One that ends is started again, unless it never served; all end when this process does. Thread-safe.
 */
final class NodeProcesses {

    private static final Duration TO_START = Duration.ofMinutes(3);
    private static final Duration TO_STOP = Duration.ofSeconds(90);
    /** What is killed is gone at once, but for one that the kernel itself holds. */
    private static final Duration TO_DIE = Duration.ofSeconds(10);
    private static final Duration FIRST_PAUSE = Duration.ofSeconds(1);
    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(30);
    /** Against a port that was free at one address and is taken at another. */
    private static final String RETRY = "start again, which chooses another";
    private static final String READY = "Ritsem is ready";

    /** Tells a process that it is one of these; a node in a container may have no standard input at all. */
    private static final String CHILD = "ritsem.dev.child";

    private final List<Child> children;
    private final PrintStream out;
    private final CountDownLatch stopping = new CountDownLatch(1);

    /**
     * Starts nothing yet.
     *
     * @param httpPort the same at each address; 0 for one that is free
     * @param out where they say what they say, each line with the node's number
     * @throws NodeStartException if an address or port is not to be had
     */
    NodeProcesses(int nodes, int httpPort, String databaseUrl, PrintStream out) {
        this.out = out;
        List<String> hosts = hosts(nodes);
        int http = httpPort == 0 ? freePort(hosts) : httpPort;
        int management = freePort(hosts);
        int remoting = freePort(hosts);
        String points = hosts.stream().map(host -> host + ":" + management).collect(joining(","));
        this.children = IntStream.rangeClosed(1, nodes)
                .mapToObj(number -> new Child(number, hosts.get(number - 1), http, management, Map.ofEntries(
                        Map.entry("RITSEM_DATABASE_URL", databaseUrl), Map.entry("RITSEM_CLUSTER", "contact-points"),
                        Map.entry("RITSEM_CLUSTER_CONTACT_POINTS", points),
                        Map.entry("RITSEM_CLUSTER_REQUIRED_CONTACT_POINTS", Integer.toString(nodes / 2 + 1)),
                        Map.entry("RITSEM_HTTP_HOST", hosts.get(number - 1)),
                        Map.entry("RITSEM_MANAGEMENT_HOST", hosts.get(number - 1)),
                        Map.entry("RITSEM_MANAGEMENT_PORT", Integer.toString(management)),
                        Map.entry("RITSEM_REMOTING_HOST", hosts.get(number - 1)),
                        Map.entry("RITSEM_REMOTING_PORT", Integer.toString(remoting)))))
                .toList();
    }

    /**
     * Looks for what {@link #start} needs before anything else is started.
     *
     * @throws NodeStartException if an address or the port is not to be had
     */
    static void requireFree(int nodes, int httpPort) {
        hosts(nodes).forEach(host -> freePort(host, httpPort, "stop who has it or choose another with --http-port"));
    }

    /** Ends this process in order when the one that started it as one of these is gone, however that has ended. */
    static void endWithParent() {
        if (Boolean.getBoolean(CHILD)) {
            Thread.ofPlatform().daemon().name("ritsem-parent").start(() -> {
                try {
                    var _ = System.in.transferTo(OutputStream.nullOutputStream());
                } catch (IOException broken) {
                    // as good as closed
                }
                System.exit(0);
            });
        }
    }

    /**
     * Starts them and waits until all serve. Who calls stops them when that fails.
     *
     * @throws NodeStartException if one cannot be started, ends before it serves, or takes more than 3 minutes
     */
    void start() {
        children.forEach(Child::start);
        awaitReady();
    }

    private void awaitReady() {
        try {
            allUnlessOneFails(children.stream().map(child -> child.ready).toList()).get(TO_START.toSeconds(),
                    TimeUnit.SECONDS);
        } catch (ExecutionException failed) {
            throw failed.getCause() instanceof NodeStartException cause ? cause
                    : new NodeStartException(
                            "A node did not start: " + failed.getCause(), failed);
        } catch (TimeoutException late) {
            throw new NodeStartException("The nodes have not formed a cluster within " + TO_START, late);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new NodeStartException("Interrupted while the nodes were starting", interrupted);
        }
    }

    /** Done when all are, or as soon as one has failed: the others may wait for it until nobody does any more. */
    static CompletableFuture<Void> allUnlessOneFails(List<CompletableFuture<Void>> each) {
        CompletableFuture<Void> all = CompletableFuture.allOf(each.toArray(CompletableFuture<?>[]::new));
        each.forEach(one -> {
            var _ = one.whenComplete((_, failure) -> {
                if (failure != null) {
                    all.completeExceptionally(failure);
                }
            });
        });
        return all;
    }

    /** Where their APIs are. */
    List<String> addresses() {
        return children.stream().map(Child::address).toList();
    }

    /** A line for each, with where its API is, where its health is told, and which process it is at the moment. */
    List<String> described() {
        return children.stream().map(child -> "node %d     %s".formatted(child.number, child.described())).toList();
    }

    /** Stops all at once, in order; by force what takes longer than 90 s. */
    void stop() throws InterruptedException {
        stopping.countDown();
        children.forEach(Child::terminate);
        long end = System.nanoTime() + TO_STOP.toNanos();
        for (Child child : children) {
            child.awaitEnd(end - System.nanoTime());
        }
    }

    private boolean stopsWithin(Duration time) {
        try {
            return stopping.await(time.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            return true;
        }
    }

    private boolean isStopping() {
        return stopping.getCount() == 0;
    }

    private static List<String> hosts(int nodes) {
        return IntStream.rangeClosed(1, nodes).mapToObj(number -> "127.0.0." + number).toList();
    }

    /** A port that is free at each of them. */
    static int freePort(List<String> hosts) {
        int port = freePort(hosts.getFirst(), 0, RETRY);
        hosts.forEach(host -> freePort(host, port, RETRY));
        return port;
    }

    private static int freePort(String host, int port, String remedy) {
        try (ServerSocket probe = new ServerSocket()) {
            probe.bind(new InetSocketAddress(InetAddress.getByName(host), port));
            return probe.getLocalPort();
        } catch (IOException taken) {
            throw new NodeStartException(("Port %d of %s cannot be had (%s): %s; where the address is missing, as on "
                    + "macOS, add it: sudo ifconfig lo0 alias %s")
                    .formatted(port, host, taken.getMessage(), remedy, host), taken);
        }
    }

    /** One of them, and its runs one after the other. */
    private final class Child {

        private final int number;
        private final String host;
        private final int httpPort;
        private final int management;
        private final Map<String, String> environment;
        private final CompletableFuture<Void> ready = new CompletableFuture<>();
        private volatile @Nullable Process process;
        /** Confined to the thread that follows it. */
        private Duration pause = FIRST_PAUSE;

        private Child(int number, String host, int httpPort, int management, Map<String, String> environment) {
            this.number = number;
            this.host = host;
            this.httpPort = httpPort;
            this.management = management;
            this.environment = environment;
        }

        private String address() {
            return "http://%s:%d".formatted(host, httpPort);
        }

        private String described() {
            Process run = process;
            return "API %s/api  health http://%s:%d/ready  pid %s".formatted(address(), host, management,
                    run == null ? "none" : run.pid());
        }

        private void start() {
            Process first = launch();
            // not a daemon: as long as there are nodes, this process has something to do
            Thread.ofPlatform().daemon(false).name("ritsem-node-" + number).start(() -> follow(first));
        }

        /** Null once all are to stop. */
        private synchronized @Nullable Process launch() {
            if (isStopping()) {
                return null;
            }
            ProcessBuilder builder = new ProcessBuilder(command()).redirectErrorStream(true);
            builder.environment().putAll(environment);
            try {
                Process started = builder.start();
                process = started;
                return started;
            } catch (IOException failure) {
                throw new NodeStartException("The process of a node cannot be started: " + failure.getMessage(),
                        failure);
            }
        }

        /** As this process was started. */
        private List<String> command() {
            List<String> line = new ArrayList<>();
            line.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
            line.addAll(ManagementFactory.getRuntimeMXBean().getInputArguments());
            line.addAll(List.of("-D" + CHILD + "=true", "-cp", System.getProperty("java.class.path"),
                    Main.class.getName(), "serve", "--http-port", Integer.toString(httpPort)));
            return line;
        }

        /** Stays with it from its first run to its last. */
        private void follow(@Nullable Process first) {
            @Nullable Process run = first;
            String end = "never started";
            while (run != null) {
                repeatWhatIsSaid(run);
                end = endOf(run);
                run = ready.isDone() && !isStopping() ? again(end) : null;
            }
            ready.completeExceptionally(
                    new NodeStartException("Node %d has ended (%s) before it served".formatted(number, end)));
        }

        private void repeatWhatIsSaid(Process run) {
            try (BufferedReader said = run.inputReader(UTF_8)) {
                for (String line = said.readLine(); line != null; line = said.readLine()) {
                    say(line);
                    if (line.startsWith(READY)) {
                        if (!ready.complete(null)) {
                            say(described()); // another process than was told at first
                        }
                        pause = FIRST_PAUSE;
                    }
                }
            } catch (IOException closed) {
                // by whoever ends the process, which has nothing more to say then
            }
        }

        /** What says nothing any more ends soon, or is hung up and would keep its ports from the next run. */
        private static String endOf(Process run) {
            try {
                if (run.waitFor(TO_STOP.toSeconds(), TimeUnit.SECONDS)) {
                    return "exit code " + run.exitValue();
                }
                var _ = run.destroyForcibly().waitFor(TO_DIE.toSeconds(), TimeUnit.SECONDS);
                return "silent, and killed";
            } catch (InterruptedException interrupted) {
                Thread.currentThread().interrupt();
                return "interrupted";
            }
        }

        /** Its next run, after a pause, or null once all are to stop. */
        private @Nullable Process again(String end) {
            say("has ended (%s)".formatted(end));
            while (!stopsWithin(nextPause())) {
                try {
                    return launch();
                } catch (NodeStartException failure) {
                    say(String.valueOf(failure.getMessage()));
                }
            }
            return null;
        }

        /** Longer each time until one serves. */
        private Duration nextPause() {
            Duration now = pause;
            Duration longer = now.multipliedBy(2);
            pause = longer.compareTo(LONGEST_PAUSE) < 0 ? longer : LONGEST_PAUSE;
            say("is started again in %d s".formatted(now.toSeconds()));
            return now;
        }

        private void say(String line) {
            synchronized (out) {
                out.printf("[%d] %s%n", number, line);
                out.flush();
            }
        }

        private synchronized void terminate() {
            Process run = process;
            if (run != null) {
                run.destroy();
            }
        }

        private void awaitEnd(long nanos) throws InterruptedException {
            Process run = process;
            if (run != null && !run.waitFor(Math.max(0, nanos), TimeUnit.NANOSECONDS)) {
                run.destroyForcibly();
            }
        }
    }
}
