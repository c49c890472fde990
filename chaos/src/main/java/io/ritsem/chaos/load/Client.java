package io.ritsem.chaos.load;

import java.io.IOException;
import java.net.ConnectException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

import org.jspecify.annotations.Nullable;

import io.ritsem.harness.HttpCaller;

/**
 * One client: sends a command, and again with the same key until it is told something certain. It connects anew whenever
 * it has lost its connection or its patience. Not thread-safe.
 */
public final class Client implements AutoCloseable {

    /** Longer than a node takes to answer anything. */
    public static final int PATIENT_MILLIS = 15_000;

    private static final long FIRST_PAUSE = TimeUnit.MILLISECONDS.toNanos(20);
    private static final long LONGEST_PAUSE = TimeUnit.MILLISECONDS.toNanos(200);

    private final int port;
    private final CallLog log;
    private @Nullable HttpCaller caller;

    public Client(int port, CallLog log) {
        this.port = port;
        this.log = log;
    }

    /** Sends it until the answer is certain or this moment has come; returns the last answer. */
    public Told send(Command command, long untilNanos) {
        return send(command, untilNanos, PATIENT_MILLIS);
    }

    /** @param firstPatienceMillis how long it waits for the first answer */
    public Told send(Command command, long untilNanos, int firstPatienceMillis) {
        Told told = attempt(command, 1, firstPatienceMillis);
        long pause = FIRST_PAUSE;
        for (int number = 2; !told.isCertain() && System.nanoTime() < untilNanos; number++) {
            LockSupport.parkNanos(pause);
            pause = Math.min(2 * pause, LONGEST_PAUSE);
            told = attempt(command, number, PATIENT_MILLIS);
        }
        return told;
    }

    /** Sends it once. */
    public Told sendOnce(Command command) {
        return attempt(command, 1, PATIENT_MILLIS);
    }

    /** Connects now, so that the next command need not. */
    public void connect() throws IOException {
        caller = new HttpCaller(port, PATIENT_MILLIS);
    }

    private Told attempt(Command command, int number, int patienceMillis) {
        long sentAt = System.nanoTime();
        Told told = tell(command, patienceMillis);
        log.add(new Attempt(command, number, sentAt, System.nanoTime(), told));
        return told;
    }

    private Told tell(Command command, int patienceMillis) {
        try {
            @Nullable HttpCaller connected = caller;
            if (connected == null || patienceMillis != PATIENT_MILLIS) {
                close();
                connected = new HttpCaller(port, patienceMillis);
                caller = patienceMillis == PATIENT_MILLIS ? connected : null;
            }
            Told told = Told.by(connected.post(command.path(), "Idempotency-Key: " + command.key() + "\r\n",
                    command.body()));
            if (connected != caller) {
                connected.close();
            }
            return told;
        } catch (ConnectException nobody) {
            return new Told.Refused("nobody-to-connect-to");
        } catch (IOException broken) {
            close();
            return new Told.Unknown(broken.toString());
        }
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
