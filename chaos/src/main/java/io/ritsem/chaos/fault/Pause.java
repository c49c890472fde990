package io.ritsem.chaos.fault;

import java.util.concurrent.TimeUnit;

/** Lets time pass: that is what a fault's duration is. */
public final class Pause {

    private Pause() {}

    /** Returns after so long. */
    public static void millis(long millis) {
        try {
            TimeUnit.MILLISECONDS.sleep(millis);
        } catch (InterruptedException interrupted) {
            throw new IllegalStateException("Interrupted while a fault lasts", interrupted);
        }
    }
}
