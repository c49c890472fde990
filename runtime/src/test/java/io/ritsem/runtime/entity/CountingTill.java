package io.ritsem.runtime.entity;

import java.math.BigDecimal;

import io.ritsem.domain.Application;
import io.ritsem.domain.Context;
import io.ritsem.domain.Decision;
import io.ritsem.domain.Definition;
import io.ritsem.domain.Entity;

/** A later release of the till, whose state has one field more. */
public final class CountingTill implements Entity<Till.Command, Till.Event, CountingTill.State> {

    private final Till till = new Till();

    public record State(BigDecimal money, int payments) {}

    @Override public State initial() {
        return new State(BigDecimal.ZERO, 0);
    }

    @Override public Decision<? extends Till.Event> decide(State state, Till.Command command, Context context) {
        return till.decide(new Till.State(state.money()), command, context);
    }

    @Override public State evolve(State state, Till.Event event) {
        BigDecimal money = till.evolve(new Till.State(state.money()), event).money();
        return new State(money, state.payments() + (event instanceof Till.Event.Paid ? 1 : 0));
    }

    /** The application of it. */
    public static final class Shop implements Application {
        @Override public void define(Definition app) {
            app.entity("till", new CountingTill());
        }
    }
}
