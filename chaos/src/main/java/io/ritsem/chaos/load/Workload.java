package io.ritsem.chaos.load;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.IntStream;

import io.ritsem.harness.Address;

/**
 * Clients that deposit and withdraw at random accounts until they are told to stop. Each draws its commands from the seed
 * alone, so the same seed gives the same commands, of which an outage lets through more or fewer. Where there are two
 * nodes, the seed also says to which of them a command goes first; what is sent twice goes to both, at once or one after
 * the other. One thread drives it.
 */
public final class Workload implements AutoCloseable {

    /** Longer than any outage that a scenario makes; what is uncertain then fails it. */
    private static final int TRY_SECONDS = 40;
    private static final int GRACE_SECONDS = 60;
    /** Where there is another node to turn to. */
    private static final int ELSEWHERE_AFTER_MILLIS = 300;
    private static final int HIGHEST_CENTS = 10_000;
    private static final int SHORTEST_PATIENCE_MILLIS = 1;
    private static final int LONGEST_PATIENCE_MILLIS = 12;

    private final List<Address> nodes;
    private final CallLog log;
    private final Habits habits;
    private final long seed;
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final List<Future<?>> running = new ArrayList<>();
    private volatile boolean stopping;

    /** @param nodes one or two */
    public Workload(List<Address> nodes, CallLog log, Habits habits, long seed) {
        this.nodes = List.copyOf(nodes);
        this.log = log;
        this.habits = habits;
        this.seed = seed;
    }

    /** The accounts' ids. */
    public List<String> accounts() {
        return IntStream.range(0, habits.accounts()).mapToObj(account -> "a" + account).toList();
    }

    /** Opens the accounts, each with a first deposit. */
    public void open() {
        List<String> accounts = accounts();
        int each = (accounts.size() + habits.callers() - 1) / habits.callers();
        List<Future<?>> opening = new ArrayList<>();
        for (int from = 0; from < accounts.size(); from += each) {
            List<String> mine = accounts.subList(from, Math.min(from + each, accounts.size()));
            opening.add(threads.submit(() -> open(mine)));
        }
        await(opening);
    }

    private void open(List<String> accounts) {
        try (Client client = client(nodes)) {
            long until = inSeconds(TRY_SECONDS);
            for (String account : accounts) {
                client.send(Command.open(account, key("open", account)), until);
                client.send(Command.deposit(account, key("first", account), HIGHEST_CENTS), until);
            }
        }
    }

    /** Lets the clients begin. */
    public void start() {
        for (int caller = 0; caller < habits.callers(); caller++) {
            int number = caller;
            running.add(threads.submit(() -> work(number)));
        }
    }

    /** Lets each client end what it has begun; returns when all have, after 60 s at the latest. */
    public void stop() {
        stopping = true;
        await(running);
    }

    /** Runs tasks at once and returns when all have ended. */
    public void together(List<Callable<Void>> tasks) {
        await(tasks.stream().map(threads::submit).toList());
    }

    private void work(int caller) {
        SplittableRandom random = new SplittableRandom(seed * 1_000 + caller);
        try (Client client = client(nodes); Client twin = client(nodes.reversed())) {
            for (int number = 0; !stopping; number++) {
                Command command = next(random, key("c" + caller, Integer.toString(number)));
                boolean turned = severalNodes() && random.nextBoolean();
                Told told = send(turned ? twin : client, turned ? client : twin, command, random);
                if (told instanceof Told.Accepted && command.isWithdrawal()
                        && random.nextInt(100) < habits.transfersPercent()) {
                    String payee = "a" + random.nextInt(habits.accounts());
                    client.send(command.onwards(payee), inSeconds(TRY_SECONDS));
                }
                LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(habits.pauseMillis()));
            }
        }
    }

    private Client client(List<Address> order) {
        return new Client(order, severalNodes() ? ELSEWHERE_AFTER_MILLIS : Client.PATIENT_MILLIS, log);
    }

    private boolean severalNodes() {
        return nodes.size() > 1;
    }

    private Command next(SplittableRandom random, String key) {
        String account = "a" + random.nextInt(habits.accounts());
        long cents = 1L + random.nextInt(HIGHEST_CENTS);
        return random.nextInt(100) < habits.withdrawalsPercent()
                ? Command.withdraw(account, key, cents)
                : Command.deposit(account, key, cents);
    }

    private Told send(Client client, Client twin, Command command, SplittableRandom random) {
        int habit = random.nextInt(100);
        int patience = random.nextInt(SHORTEST_PATIENCE_MILLIS, LONGEST_PATIENCE_MILLIS);
        long until = inSeconds(TRY_SECONDS);
        if (habit < habits.twicePercent() && severalNodes() && random.nextBoolean()) {
            client.send(command, until);
            return twin.send(command, until);
        } else if (habit < habits.twicePercent()) {
            Future<?> other = threads.submit(() -> twin.send(command, until));
            Told told = client.send(command, until);
            await(List.of(other));
            return told;
        } else if (habit < habits.twicePercent() + habits.impatientPercent()) {
            return client.send(command, until, patience);
        }
        return client.send(command, until);
    }

    private String key(String who, String what) {
        return seed + "." + who + "." + what;
    }

    private static long inSeconds(int seconds) {
        return System.nanoTime() + TimeUnit.SECONDS.toNanos(seconds);
    }

    private static void await(List<? extends Future<?>> tasks) {
        long end = inSeconds(GRACE_SECONDS);
        try {
            for (Future<?> task : tasks) {
                task.get(Math.max(1, end - System.nanoTime()), TimeUnit.NANOSECONDS);
            }
        } catch (ExecutionException | TimeoutException failure) {
            throw new IllegalStateException("A client failed: " + failure, failure);
        } catch (InterruptedException interrupted) {
            throw new IllegalStateException("Interrupted while clients work", interrupted);
        }
    }

    @Override public void close() {
        stopping = true;
        threads.shutdownNow();
    }
}
