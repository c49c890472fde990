package io.ritsem.chaos.load;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

import io.ritsem.harness.Address;
import io.ritsem.harness.HttpCaller;

/**
 * Reads what others wrote: the row of an account whose command was just accepted, with the token of that answer, at
 * whichever node. A row that lacks the write breaks the promise; to be told that the view is behind does not. Not
 * thread-safe.
 */
public final class RowReader {

    private static final long BETWEEN = TimeUnit.MILLISECONDS.toNanos(50);
    private static final int NEWEST = 50;
    private static final String PATIENCE = "Prefer: wait=2\r\n";

    private final CallLog log;
    private final SplittableRandom random;
    private final List<String> broken = new ArrayList<>();
    private int shown;
    private int behind;

    public RowReader(CallLog log, long seed) {
        this.log = log;
        this.random = new SplittableRandom(seed);
    }

    /** Reads again and again for so long, each time at one of these nodes. */
    public void read(List<Address> nodes, long millis) throws IOException {
        long until = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(millis);
        while (System.nanoTime() < until) {
            List<Attempt> accepted = log.newestAccepted(NEWEST);
            if (!accepted.isEmpty()) {
                read(nodes.get(random.nextInt(nodes.size())), accepted.get(random.nextInt(accepted.size())));
            }
            LockSupport.parkNanos(BETWEEN);
        }
    }

    private void read(Address node, Attempt written) throws IOException {
        if (!(written.told() instanceof Told.Accepted accepted)) {
            return;
        }
        String account = written.command().account();
        try (HttpCaller caller = new HttpCaller(node)) {
            HttpCaller.Answer answer = caller.get("/api/views/balances/" + account,
                    "Consistency-Token: " + accepted.token() + "\r\n" + PATIENCE);
            if (answer.status() == 503) {
                behind++;
            } else if (answer.status() == 200 && Told.version(answer.body()) >= accepted.version()) {
                shown++;
            } else {
                broken.add("the row of %s, asked for with the token of version %d, was answered with %d: %s".formatted(
                        account, accepted.version(), answer.status(), answer.body()));
            }
        }
    }

    /** How many rows were shown. */
    public int shown() {
        return shown;
    }

    /** How often the view was said to be behind. */
    public int behind() {
        return behind;
    }

    /** The rows that lacked what they had to show; empty if there was none. */
    public List<String> broken() {
        return List.copyOf(broken);
    }
}
