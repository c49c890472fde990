package io.ritsem.chaos.load;

import java.io.IOException;
import java.net.ConnectException;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

import org.jspecify.annotations.Nullable;

import io.ritsem.harness.Address;
import io.ritsem.harness.HttpCaller;

/**
 * One client: sends a command, and again with the same key until it is told something certain; if it knows several nodes,
 * to one after the other. It connects anew whenever it has lost its connection or its patience. Not thread-safe.
 */
public final class Client implements AutoCloseable {

    /** Longer than a node takes to answer anything. */
    public static final int PATIENT_MILLIS = 15_000;

    private static final long FIRST_PAUSE = TimeUnit.MILLISECONDS.toNanos(20);
    private static final long LONGEST_PAUSE = TimeUnit.MILLISECONDS.toNanos(200);

    private final List<Address> nodes;
    private final int patienceMillis;
    private final CallLog log;
    private @Nullable HttpCaller caller;
    private @Nullable Address callersNode;
    private int callersPatience;

    public Client(Address node, CallLog log) {
        this(List.of(node), PATIENT_MILLIS, log);
    }

    /**
     * @param nodes in the order in which it tries them for each command
     * @param patienceMillis how long it waits for an answer
     */
    public Client(List<Address> nodes, int patienceMillis, CallLog log) {
        this.nodes = List.copyOf(nodes);
        this.patienceMillis = patienceMillis;
        this.log = log;
    }

    /** Sends it until the answer is certain or this moment has come; returns the last answer. */
    public Told send(Command command, long untilNanos) {
        return send(command, untilNanos, patienceMillis);
    }

    /** @param firstPatienceMillis how long it waits for the first answer */
    public Told send(Command command, long untilNanos, int firstPatienceMillis) {
        Told told = attempt(command, 1, firstPatienceMillis);
        long pause = FIRST_PAUSE;
        for (int number = 2; !told.isCertain() && System.nanoTime() < untilNanos; number++) {
            LockSupport.parkNanos(pause);
            pause = Math.min(2 * pause, LONGEST_PAUSE);
            told = attempt(command, number, patienceMillis);
        }
        return told;
    }

    /** Sends it once. */
    public Told sendOnce(Command command) {
        return attempt(command, 1, patienceMillis);
    }

    /** Connects now, so that the next command need not. */
    public void connect() throws IOException {
        var _ = connected(nodes.getFirst(), patienceMillis);
    }

    private Told attempt(Command command, int number, int patience) {
        long sentAt = System.nanoTime();
        Told told = tell(command, nodes.get((number - 1) % nodes.size()), patience);
        log.add(new Attempt(command, number, sentAt, System.nanoTime(), told));
        return told;
    }

    private Told tell(Command command, Address node, int patience) {
        try {
            return Told.by(connected(node, patience)
                    .post(command.path(), "Idempotency-Key: " + command.key() + "\r\n", command.body()));
        } catch (ConnectException nobody) {
            return new Told.Refused("nobody-to-connect-to");
        } catch (IOException broken) {
            close();
            return new Told.Unknown(broken.toString());
        }
    }

    private HttpCaller connected(Address node, int patience) throws IOException {
        @Nullable HttpCaller connected = caller;
        if (connected == null || !node.equals(callersNode) || patience != callersPatience) {
            close();
            connected = new HttpCaller(node, patience);
            caller = connected;
            callersNode = node;
            callersPatience = patience;
        }
        return connected;
    }

    @Override public void close() {
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
}
