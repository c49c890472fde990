package io.ritsem.chaos.load;

import java.io.IOException;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

import org.jspecify.annotations.Nullable;

import io.ritsem.harness.Address;
import io.ritsem.harness.HttpCaller;

/** How far nodes say that their views are behind. Stateless. */
public final class ViewLags {

    private static final long BETWEEN_LOOKS = TimeUnit.MILLISECONDS.toNanos(20);

    private ViewLags() {}

    /**
     * Waits until each of these nodes says of each of these views that it lacks less than a second.
     *
     * @param since in the nanoseconds of {@link System#nanoTime}
     * @param atMostMillis after how long it gives up
     * @return after how many milliseconds since then all had said so; more than it may take if they had not
     */
    public static long millisUntilFresh(List<Address> nodes, List<String> views, long since, long atMostMillis)
            throws IOException {
        for (Address node : nodes) {
            try (HttpCaller caller = new HttpCaller(node)) {
                for (String view : views) {
                    while (!isFresh(caller, view) && millisSince(since) <= atMostMillis) {
                        LockSupport.parkNanos(BETWEEN_LOOKS);
                    }
                }
            }
        }
        return millisSince(since);
    }

    private static boolean isFresh(HttpCaller caller, String view) throws IOException {
        return lag(caller, view) < TimeUnit.SECONDS.toMillis(1);
    }

    /** The greatest lag, in milliseconds, that one of these nodes says of a view within a time. */
    public static long greatest(List<Address> nodes, String view, long millis) throws IOException {
        long until = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(millis);
        long greatest = 0;
        while (System.nanoTime() < until) {
            for (Address node : nodes) {
                try (HttpCaller caller = new HttpCaller(node)) {
                    greatest = Math.max(greatest, lag(caller, view));
                }
            }
            LockSupport.parkNanos(BETWEEN_LOOKS);
        }
        return greatest;
    }

    /** What answers without a lag is not available: as far behind as can be. */
    private static long lag(HttpCaller caller, String view) throws IOException {
        @Nullable String lag = caller.get("/api/views/" + view + "?limit=1", "").header("Ritsem-View-Lag");
        return lag == null ? Long.MAX_VALUE : Long.parseLong(lag);
    }

    private static long millisSince(long nanos) {
        return TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - nanos);
    }
}
