package io.ritsem.node;

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.LongSupplier;

import org.jspecify.annotations.Nullable;

import static java.util.Objects.requireNonNull;

/** Hears what asks a process to end. The JVM alone would answer a first signal in order, and never a second. */
final class Signals {

    private static final int FORCED = 130;

    /** In a process group one Ctrl-C arrives twice when a wrapper forwards it: that must not break off an orderly stop. */
    private static final Duration FORWARDED = Duration.ofSeconds(2);

    private Signals() {}

    /**
     * Each task runs on a thread of its own.
     *
     * @param onFirst at the first SIGINT or SIGTERM
     * @param onSecond at one that comes 2 s after it or later, after which the process ends at once
     */
    static void install(Runnable onFirst, Runnable onSecond) {
        Runnable onSignal = answer(System::nanoTime, onFirst, () -> {
            onSecond.run();
            Runtime.getRuntime().halt(FORCED);
        });
        try {
            handle("INT", onSignal);
            handle("TERM", onSignal);
        } catch (ReflectiveOperationException absent) {
            throw new IllegalStateException("This JVM has no sun.misc.Signal (module jdk.unsupported)", absent);
        }
    }

    /** @param clock in nanoseconds */
    static Runnable answer(LongSupplier clock, Runnable onFirst, Runnable onSecond) {
        AtomicReference<@Nullable Long> first = new AtomicReference<>();
        return () -> {
            long now = clock.getAsLong();
            if (first.compareAndSet(null, now)) {
                onFirst.run();
            } else if (now - requireNonNull(first.get()) >= FORWARDED.toNanos()) {
                onSecond.run();
            }
        };
    }

    /** By reflection, since javac's warning about sun.misc.Signal cannot be suppressed, and warnings fail the build. */
    private static void handle(String name, Runnable onSignal) throws ReflectiveOperationException {
        Class<?> signal = Class.forName("sun.misc.Signal");
        Class<?> handler = Class.forName("sun.misc.SignalHandler");
        InvocationHandler call = (_, _, _) -> {
            onSignal.run();
            return null;
        };
        signal.getMethod("handle", signal, handler)
                .invoke(null, signal.getConstructor(String.class).newInstance(name),
                        Proxy.newProxyInstance(handler.getClassLoader(), new Class<?>[]{handler}, call));
    }
}
