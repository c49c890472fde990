package io.ritsem.http.admin;

import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

import org.jspecify.annotations.Nullable;

import io.ritsem.http.server.Exchange;
import io.ritsem.runtime.gateway.UnavailableException;

/**
 * What operators read, two at a time: each takes a connection, and however many ask, the others are for commands and
 * views. Thread-safe.
 */
public final class AdminReads {

    private static final int AT_ONCE = 2;

    private final Semaphore turns = new Semaphore(AT_ONCE, true);

    interface Question<T extends @Nullable Object> {
        T ask();
    }

    /** @throws UnavailableException if its turn does not come by the time that the request's answer is due */
    <T extends @Nullable Object> T ask(Exchange exchange, Question<T> question) {
        try {
            if (!turns.tryAcquire(exchange.timeLeft().toNanos(), TimeUnit.NANOSECONDS)) {
                throw new UnavailableException("overloaded");
            }
        } catch (InterruptedException stopping) {
            Thread.currentThread().interrupt();
            throw new UnavailableException("stopping");
        }
        try {
            return question.ask();
        } finally {
            turns.release();
        }
    }
}
