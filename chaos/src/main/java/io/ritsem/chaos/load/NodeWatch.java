package io.ritsem.chaos.load;

import java.io.IOException;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.time.YearMonth;
import java.time.ZoneOffset;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import org.jspecify.annotations.Nullable;

import io.ritsem.chaos.views.Tally;
import io.ritsem.harness.Address;
import io.ritsem.harness.HttpCaller;

/**
 * A client of one node that reads rows of what was just accepted anywhere, 20 times a second, by a thread of its own: half
 * of them with the token of that answer, which they must then show or be told that the view is behind. None may be an
 * error, or older than one that it has seen. One thread drives it; what it has seen is read when it is closed.
 */
public final class NodeWatch implements AutoCloseable {

    private static final long BETWEEN = TimeUnit.MILLISECONDS.toNanos(50);
    private static final long SETTLES_WITHIN = TimeUnit.SECONDS.toNanos(2);
    private static final int NEWEST = 50;
    private static final Duration LONGEST_END = Duration.ofSeconds(40);
    private static final String PATIENCE = "Prefer: wait=2\r\n";
    private static final Pattern BALANCE = Pattern.compile("\"balance\":\"([^\"]+)\"");
    private static final Pattern EVENTS = Pattern.compile("\"events\":(\\d+)");
    private static final Pattern ONCE = Pattern.compile("\"postings\":1[,}]");

    private final Address node;
    private final CallLog log;
    private final SplittableRandom random;
    private final Map<String, Long> seen = new HashMap<>(); // these three: the thread's alone until it has ended
    private final Collection<Shown> shown = new LinkedHashSet<>();
    private @Nullable HttpCaller caller;
    private final ConcurrentLinkedQueue<String> broken = new ConcurrentLinkedQueue<>();
    private final AtomicInteger answers = new AtomicInteger();
    private final AtomicInteger behind = new AtomicInteger();
    private final AtomicInteger absences = new AtomicInteger(); // odd while the node is away
    private final AtomicInteger crashes = new AtomicInteger();
    private int crashesKnown; // the thread's alone
    private volatile long backAt = System.nanoTime() - SETTLES_WITHIN;
    private volatile boolean stopping;
    private final Thread thread;

    /** Starts at once. */
    public NodeWatch(Address node, CallLog log, long seed) {
        this.node = node;
        this.log = log;
        this.random = new SplittableRandom(seed);
        this.thread = Thread.ofVirtual().start(this::run);
    }

    /** The node is about to be stopped or killed: what it fails to answer from now on is nobody's fault. */
    public void leave() {
        absences.incrementAndGet();
    }

    /** The node is back. For 2 s it may say that it is not available, since its connections to the database may be lost. */
    public void comeBack() {
        backAt = System.nanoTime();
        absences.incrementAndGet();
    }

    /**
     * The database is about to crash, or has crashed just now: rows may be older than those that were shown before, but not
     * with a token.
     */
    public void forgiveOlder() {
        crashes.incrementAndGet();
    }

    private void run() {
        while (!stopping) {
            if (absences.get() % 2 == 0) {
                look();
            } else {
                forget(); // another run of the node would not know of the connection
            }
            LockSupport.parkNanos(BETWEEN);
        }
        forget();
    }

    private void look() {
        List<Attempt> newest = log.newestAccepted(NEWEST);
        if (newest.isEmpty()) {
            return;
        }
        Attempt written = newest.get(random.nextInt(newest.size()));
        if (!(written.told() instanceof Told.Accepted accepted)) {
            return;
        }
        int absencesBefore = absences.get();
        boolean settling = System.nanoTime() - backAt < SETTLES_WITHIN;
        int kind = random.nextInt(4);
        try {
            switch (kind) {
                case 0 -> tally(written.command().account(), settling, absencesBefore);
                case 1 -> balance(written.command().account(), null, settling, absencesBefore);
                case 2 -> balance(written.command().account(), accepted, settling, absencesBefore);
                default -> turnover(written.command(), accepted, settling, absencesBefore);
            }
        } catch (IOException failure) {
            forget();
            if (absences.get() == absencesBefore) {
                broken.add("%s did not answer: %s".formatted(node, failure));
            }
        }
    }

    private void balance(String account, Told.@Nullable Accepted accepted, boolean settling, int absencesBefore)
            throws IOException {
        int crashesBefore = crashes.get();
        HttpCaller.Answer answer = get("/api/views/balances/" + account, accepted);
        long atLeast = Math.max(seen(account), accepted == null ? 0 : accepted.version());
        if (answer.status() == 200) {
            answers.incrementAndGet();
            long version = Told.version(answer.body());
            if (version < atLeast) {
                broken.add("%s showed version %d of %s %s that of version %d".formatted(node, version, account,
                        accepted == null ? "after" : "with a token after", atLeast));
            }
            remember(account, version, crashesBefore);
            Matcher balance = BALANCE.matcher(answer.body());
            shown.add(new Shown(account, version,
                    balance.find() ? new BigDecimal(balance.group(1)) : BigDecimal.valueOf(Long.MIN_VALUE)));
        } else if (answer.status() != 404 || atLeast > 0) {
            notShown("the row of " + account, answer, accepted, settling || absences.get() != absencesBefore);
        }
    }

    private void tally(String account, boolean settling, int absencesBefore) throws IOException {
        String key = Tally.key(account);
        int crashesBefore = crashes.get();
        HttpCaller.Answer answer = get("/api/views/tally/" + key, null);
        Matcher events = EVENTS.matcher(answer.body());
        long atLeast = seen(key);
        if (answer.status() == 200 && events.find()) {
            answers.incrementAndGet();
            long counted = Long.parseLong(events.group(1));
            if (counted < atLeast) {
                broken.add("%s showed %d events in %s after %d".formatted(node, counted, key, atLeast));
            }
            remember(key, counted, crashesBefore);
        } else if (answer.status() != 404 || atLeast > 0) {
            notShown(key, answer, null, settling || absences.get() != absencesBefore);
        }
    }

    private long seen(String row) {
        int now = crashes.get();
        if (now != crashesKnown) {
            crashesKnown = now;
            seen.clear();
        }
        return seen.getOrDefault(row, 0L);
    }

    /** But for an answer that may be of before a crash. */
    private void remember(String row, long version, int crashesBefore) {
        if (crashes.get() == crashesBefore) {
            seen.merge(row, version, Math::max);
        }
    }

    private void turnover(Command command, Told.Accepted accepted, boolean settling, int absencesBefore)
            throws IOException {
        String month = YearMonth.from(Instant.now().atOffset(ZoneOffset.UTC)).toString();
        if (!command.isPosting()) {
            return;
        }
        HttpCaller.Answer answer = get("/api/views/turnover/" + command.key() + "." + month, accepted);
        if (answer.status() == 200 && ONCE.matcher(answer.body()).find()) {
            answers.incrementAndGet();
        } else {
            notShown("the turnover of " + command.key(), answer, accepted,
                    settling || absences.get() != absencesBefore);
        }
    }

    private void notShown(String what, HttpCaller.Answer answer, Told.@Nullable Accepted accepted, boolean excused) {
        if (answer.status() == 503 && accepted != null && answer.body().contains("view-behind")) {
            behind.incrementAndGet();
        } else if (answer.status() != 503 || !excused) {
            broken.add("%s, asked for %s %s a token, answered %d: %s".formatted(node, what,
                    accepted == null ? "without" : "with", answer.status(), answer.body()));
        }
    }

    private HttpCaller.Answer get(String path, Told.@Nullable Accepted accepted) throws IOException {
        @Nullable HttpCaller connected = caller;
        if (connected == null) {
            connected = new HttpCaller(node);
            caller = connected;
        }
        return connected.get(path,
                accepted == null ? "" : "Consistency-Token: " + accepted.token() + "\r\n" + PATIENCE);
    }

    private void forget() {
        @Nullable HttpCaller closed = caller;
        caller = null;
        if (closed != null) {
            try {
                closed.close();
            } catch (IOException closing) {
                throw new IllegalStateException("A socket that could not be closed", closing);
            }
        }
    }

    /** How often it was shown a row. */
    public int answers() {
        return answers.get();
    }

    /** How often the view was said to be behind. */
    public int behind() {
        return behind.get();
    }

    /** What broke a promise; empty if nothing did. */
    public List<String> broken() {
        return List.copyOf(broken);
    }

    /** The rows that it was shown, each once; when it has been closed. */
    public List<Shown> shown() {
        return List.copyOf(shown);
    }

    @Override public void close() {
        stopping = true;
        try {
            if (!thread.join(LONGEST_END)) {
                broken.add("%s does not answer".formatted(node));
            }
        } catch (InterruptedException interrupted) {
            throw new IllegalStateException("Interrupted while a client ends", interrupted);
        }
    }
}
