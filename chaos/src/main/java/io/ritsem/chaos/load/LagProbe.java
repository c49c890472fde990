package io.ritsem.chaos.load;

import java.io.IOException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

import io.ritsem.harness.Address;
import io.ritsem.harness.HttpCaller;
import io.ritsem.harness.Latencies;

/** Measures how long a view takes to show what was acknowledged, one deposit after the other. Not thread-safe. */
public final class LagProbe {

    private static final long PAUSE = TimeUnit.MILLISECONDS.toNanos(20);

    private final Address node;
    private final Address readsAt;
    private final String view;
    private final String account;
    private final CallLog log;

    /** At one node. */
    public LagProbe(Address node, CallLog log) {
        this(node, node, "balances", "probe", log);
    }

    /**
     * @param node where it deposits
     * @param readsAt the node where it reads
     * @param view that has a row for each account
     * @param account where it deposits, of which no other probe may know
     */
    public LagProbe(Address node, Address readsAt, String view, String account, CallLog log) {
        this.node = node;
        this.readsAt = readsAt;
        this.view = view;
        this.account = account;
        this.log = log;
    }

    /**
     * Measures until a moment has come.
     *
     * @throws IllegalStateException if a deposit is not accepted, or a view does not show it within the time that a
     *     reader with a token may wait
     */
    public Latencies until(long nanos) throws IOException {
        Latencies lags = new Latencies();
        try (Client client = new Client(node, log); HttpCaller reader = new HttpCaller(readsAt)) {
            client.send(Command.open(account, account + ".open"), nanos);
            for (int number = 0; System.nanoTime() < nanos; number++) {
                Told told = client.send(Command.deposit(account, account + "." + number, 1), nanos);
                if (!(told instanceof Told.Accepted accepted)) {
                    throw new IllegalStateException("A deposit that nothing stands against was told " + told);
                }
                long acknowledged = System.nanoTime();
                HttpCaller.Answer shown = reader.get("/api/views/" + view + "/" + account,
                        "Consistency-Token: " + accepted.token() + "\r\n");
                if (shown.status() != 200) {
                    throw new IllegalStateException("The view answers %d: %s".formatted(shown.status(), shown.body()));
                }
                lags.add(new long[]{System.nanoTime() - acknowledged});
                LockSupport.parkNanos(PAUSE);
            }
        }
        return lags;
    }
}
