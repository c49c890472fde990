package io.ritsem.node;

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Proxy;
import java.util.concurrent.atomic.AtomicBoolean;

/** Hears what asks a process to end. The JVM alone would answer a first signal in order, and never a second. */
final class Signals {

    private static final int FORCED = 130;

    private Signals() {}

    /**
     * Each task runs on a thread of its own.
     *
     * @param onFirst at the first SIGINT or SIGTERM
     * @param onSecond at any later one, after which the process ends at once
     */
    static void install(Runnable onFirst, Runnable onSecond) {
        AtomicBoolean heard = new AtomicBoolean();
        Runnable onSignal = () -> {
            if (heard.compareAndSet(false, true)) {
                onFirst.run();
            } else {
                onSecond.run();
                Runtime.getRuntime().halt(FORCED);
            }
        };
        try {
            handle("INT", onSignal);
            handle("TERM", onSignal);
        } catch (ReflectiveOperationException absent) {
            throw new IllegalStateException("This JVM has no sun.misc.Signal (module jdk.unsupported)", absent);
        }
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
