package io.ritsem.chaos.load;

import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.SplittableRandom;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * Sessions at a cluster, until they are told to stop: transfers between accounts that nothing else is done to, deposits and
 * withdrawals at others, and reads of both. A transfer is a withdrawal and then a deposit elsewhere, each under its key, and
 * is driven to its end whatever happens. Beside them are probes, each of which deposits at an account of its own and at no
 * other, so that each entity's pause shows whatever others wait for. Each draws what it does from the seed alone. One thread
 * drives it.
 */
public final class Traffic implements AutoCloseable {

    /** What each account begins with, in cents. */
    public static final long FIRST_CENTS = 100_000;

    private static final int SESSIONS = 12;
    private static final int PROBES = 36;
    private static final String PROBE = "p";
    private static final int ACCOUNTS = 100;
    private static final int HIGHEST_CENTS = 5_000;
    private static final long BETWEEN = TimeUnit.MILLISECONDS.toNanos(30);
    private static final long BETWEEN_PROBES = TimeUnit.MILLISECONDS.toNanos(500);
    private static final int TRY_SECONDS = 150;

    /** Longer than a node takes for any answer (ritsem.http.request-timeout). */
    private static final long LONGEST_WAY = TimeUnit.SECONDS.toNanos(12);
    private static final int TRANSFERS_PERCENT = 35;
    private static final int ALONE_PERCENT = 60;
    private static final int ENTITIES_PERCENT = 85;

    private final Endpoints endpoints;
    private final CallLog calls;
    private final SessionLog log;
    private final long seed;
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final List<Future<?>> running = new ArrayList<>();
    private final Queue<Rejected> rejected = new ConcurrentLinkedQueue<>();
    private volatile boolean stopping;

    /**
     * A transfer that was rejected when an earlier attempt had got no answer. A rejection spends no key, so that attempt may
     * have been decided later, and otherwise.
     */
    private record Rejected(Command withdrawal, String payee) {}

    public Traffic(Endpoints endpoints, CallLog calls, SessionLog log, long seed) {
        this.endpoints = endpoints;
        this.calls = calls;
        this.log = log;
        this.seed = seed;
    }

    /** The accounts between which money is transferred; nothing else is done to them. */
    public static List<String> transferred() {
        return IntStream.range(0, ACCOUNTS).mapToObj(account -> "t" + account).toList();
    }

    /** All accounts. */
    public static List<String> accounts() {
        Stream<String> others = IntStream.range(0, ACCOUNTS).mapToObj(account -> "s" + account);
        return Stream.of(transferred().stream(), others, probed().stream()).flatMap(all -> all).toList();
    }

    /** The accounts of the probes. */
    public static List<String> probed() {
        return IntStream.range(0, PROBES).mapToObj(probe -> PROBE + probe).toList();
    }

    /** Opens the accounts, each with its first money. */
    public void open() {
        List<String> accounts = accounts();
        List<Future<?>> opening = new ArrayList<>();
        for (int number = 0; number < SESSIONS; number++) {
            int from = number;
            opening.add(threads.submit(() -> open(from, accounts)));
        }
        await(opening);
    }

    private void open(int from, List<String> accounts) {
        long until = inSeconds(TRY_SECONDS);
        try (Session session = new Session(SESSIONS + from, endpoints, calls, log, seed + from)) {
            for (int at = from; at < accounts.size(); at += SESSIONS) {
                session.send(Command.open(accounts.get(at), key("open", accounts.get(at))), until);
                session.send(Command.deposit(accounts.get(at), key("first", accounts.get(at)), FIRST_CENTS), until);
            }
        }
    }

    /** Lets the sessions begin. */
    public void start() {
        for (int number = 0; number < SESSIONS; number++) {
            int session = number;
            running.add(threads.submit(() -> work(session)));
        }
        for (int number = 0; number < PROBES; number++) {
            int probe = number;
            running.add(threads.submit(() -> probe(probe)));
        }
    }

    /** Lets each end what it has begun, when no attempt can be on its way any more; returns after 330 s at the latest. */
    public void stop() {
        stopping = true;
        await(running);
        if (!rejected.isEmpty()) {
            LockSupport.parkNanos(LONGEST_WAY);
            await(List.of(threads.submit(this::sendRejectedAgain)));
        }
    }

    private void sendRejectedAgain() {
        try (Session session = new Session(2 * SESSIONS + PROBES, endpoints, calls, log, seed)) {
            for (Rejected transfer = rejected.poll(); transfer != null; transfer = rejected.poll()) {
                long until = inSeconds(TRY_SECONDS);
                if (session.send(transfer.withdrawal(), until) instanceof Told.Accepted) {
                    session.send(transfer.withdrawal().onwards(transfer.payee()), until);
                }
            }
        }
    }

    private void work(int number) {
        SplittableRandom random = new SplittableRandom(seed * 1_000 + number);
        try (Session session = new Session(number, endpoints, calls, log, random.nextLong())) {
            for (int turn = 0; !stopping; turn++) {
                act(session, key("c" + number, Integer.toString(turn)), random);
                LockSupport.parkNanos(BETWEEN);
            }
        }
    }

    private void probe(int number) {
        String account = PROBE + number;
        SplittableRandom random = new SplittableRandom(seed * 1_000 + SESSIONS + number);
        try (Session session = new Session(2 * SESSIONS + number, endpoints, calls, log, random.nextLong())) {
            LockSupport.parkNanos(random.nextLong(BETWEEN_PROBES));
            for (int turn = 0; !stopping; turn++) {
                session.send(Command.deposit(account, key(account, Integer.toString(turn)), 1), inSeconds(TRY_SECONDS));
                LockSupport.parkNanos(BETWEEN_PROBES);
            }
        }
    }

    private void act(Session session, String key, SplittableRandom random) {
        int what = random.nextInt(100);
        int account = random.nextInt(ACCOUNTS);
        int other = (account + random.nextInt(1, ACCOUNTS)) % ACCOUNTS;
        long cents = 1L + random.nextInt(HIGHEST_CENTS);
        boolean even = random.nextBoolean();
        long until = inSeconds(TRY_SECONDS);
        if (what < TRANSFERS_PERCENT) {
            Command withdrawal = Command.withdraw("t" + account, key, cents);
            if (session.send(withdrawal, until) instanceof Told.Accepted) {
                session.send(withdrawal.onwards("t" + other), until);
            } else if (session.gaveUp()) {
                rejected.add(new Rejected(withdrawal, "t" + other));
            }
        } else if (what < ALONE_PERCENT) {
            session.send(even
                    ? Command.deposit("s" + account, key, cents)
                    : Command.withdraw("s" + account, key, cents), until);
        } else if (what < ENTITIES_PERCENT) {
            session.readEntity((even ? "s" : "t") + account);
        } else {
            session.readRow((even ? "s" : "t") + account);
        }
    }

    private String key(String who, String what) {
        return seed + "." + who + "." + what;
    }

    private static long inSeconds(int seconds) {
        return System.nanoTime() + TimeUnit.SECONDS.toNanos(seconds);
    }

    private static void await(List<? extends Future<?>> tasks) {
        long end = inSeconds(TRY_SECONDS + 10);
        try {
            for (Future<?> task : tasks) {
                task.get(Math.max(1, end - System.nanoTime()), TimeUnit.NANOSECONDS);
            }
        } catch (ExecutionException | TimeoutException failure) {
            throw new IllegalStateException("A session failed: " + failure, failure);
        } catch (InterruptedException interrupted) {
            throw new IllegalStateException("Interrupted while sessions work", interrupted);
        }
    }

    @Override public void close() {
        stopping = true;
        threads.shutdownNow();
    }
}
