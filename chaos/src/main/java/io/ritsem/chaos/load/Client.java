package io.ritsem.chaos.load;

import java.io.IOException;
import java.net.ConnectException;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

import org.jspecify.annotations.Nullable;

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

    private final List<Integer> ports;
    private final int patienceMillis;
    private final CallLog log;
    private @Nullable HttpCaller caller;
    private int callersPort;
    private int callersPatience;

    public Client(int port, CallLog log) {
        this(List.of(port), PATIENT_MILLIS, log);
    }

    /**
     * @param ports of the nodes, in the order in which it tries them for each command
     * @param patienceMillis how long it waits for an answer
     */
    public Client(List<Integer> ports, int patienceMillis, CallLog log) {
        this.ports = List.copyOf(ports);
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
        var _ = connected(ports.getFirst(), patienceMillis);
    }

    private Told attempt(Command command, int number, int patience) {
        long sentAt = System.nanoTime();
        Told told = tell(command, ports.get((number - 1) % ports.size()), patience);
        log.add(new Attempt(command, number, sentAt, System.nanoTime(), told));
        return told;
    }

    private Told tell(Command command, int port, int patience) {
        try {
            return Told.by(connected(port, patience)
                    .post(command.path(), "Idempotency-Key: " + command.key() + "\r\n", command.body()));
        } catch (ConnectException nobody) {
            return new Told.Refused("nobody-to-connect-to");
        } catch (IOException broken) {
            close();
            return new Told.Unknown(broken.toString());
        }
    }

    private HttpCaller connected(int port, int patience) throws IOException {
        @Nullable HttpCaller connected = caller;
        if (connected == null || port != callersPort || patience != callersPatience) {
            close();
            connected = new HttpCaller(port, patience);
            caller = connected;
            callersPort = port;
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
