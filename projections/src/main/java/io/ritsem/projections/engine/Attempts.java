package io.ritsem.projections.engine;

import java.time.Duration;
import java.util.List;

import org.jspecify.annotations.Nullable;

/**
 * Calls an application's functions, and the first one that throws twice more, a little later each time. Only the first
 * one of a batch: a bug that fails everywhere must not take that time for each key. Confined to one batch.
 */
final class Attempts {

    private static final List<Duration> BACK_OFF = List.of(Duration.ofMillis(20), Duration.ofMillis(100));

    private final Pause pause;
    private boolean usedUp;

    Attempts(Pause pause) {
        this.pause = pause;
    }

    /** Each function once. */
    static Attempts single() {
        Attempts attempts = new Attempts(_ -> {});
        attempts.usedUp = true;
        return attempts;
    }

    /** Waits; shorter if the node stops. */
    interface Pause {
        void rest(Duration time);
    }

    interface Call<T extends @Nullable Object> {
        T run();
    }

    <T extends @Nullable Object> T call(Call<T> call) throws HandlerFailedException {
        try {
            return once(call);
        } catch (HandlerFailedException first) {
            if (usedUp) {
                throw first;
            }
        }
        usedUp = true;
        for (Duration rest : BACK_OFF.subList(0, BACK_OFF.size() - 1)) {
            pause.rest(rest);
            try {
                return once(call);
            } catch (HandlerFailedException _) {
                // the last one tells
            }
        }
        pause.rest(BACK_OFF.getLast());
        return once(call);
    }

    /** Whatever it throws costs its key and nothing else, but for what the whole process suffers from. */
    private static <T extends @Nullable Object> T once(Call<T> call) throws HandlerFailedException {
        try {
            return call.run();
        } catch (StackOverflowError e) {
            throw new HandlerFailedException(e);
        } catch (VirtualMachineError e) {
            throw e;
        } catch (Throwable e) {
            throw new HandlerFailedException(e);
        }
    }
}
