package bank;

import java.math.BigDecimal;
import java.util.List;
import java.util.Optional;

import org.junit.jupiter.api.Test;

import io.ritsem.domain.Application;
import io.ritsem.domain.Context;
import io.ritsem.domain.Decision;
import io.ritsem.domain.Definition;
import io.ritsem.domain.Entity;
import io.ritsem.domain.Name;
import io.ritsem.domain.Version;
import io.ritsem.testkit.EntityScenario;

import static java.math.BigDecimal.TEN;
import static java.math.BigDecimal.ZERO;

/** A purse whose events have changed in every way that there is: docs/evolving-events.md quotes it. */
class EvolvingEventsTest {

    record PayIn(BigDecimal amount, String reference) {}

    record State(BigDecimal balance, BigDecimal fees) {}

    sealed interface Event {
        @Version(2)
        record PaidIn(BigDecimal amount, String reference) implements Event {}

        record PaidOut(BigDecimal amount, Optional<String> receipt) implements Event {}

        @Name("fee")
        record FeeCharged(BigDecimal amount) implements Event {}
    }

    @Name("paid-in")
    @Version(1)
    record PaidInV1(BigDecimal sum) {}

    record PaidOutWithFee(BigDecimal amount, BigDecimal fee) {}

    record Polished() {}

    static final class Wallets implements Application {
        @Override public void define(Definition app) {
            app.entity("purse", new Purse())
                    .upcast(PaidInV1.class, old -> List.of(new Event.PaidIn(old.sum(), "")))
                    .upcast(PaidOutWithFee.class,
                            old -> List.of(new Event.PaidOut(old.amount(), Optional.empty()),
                                    new Event.FeeCharged(old.fee())))
                    .upcast(Polished.class, _ -> List.of());
            app.retired("piggy-bank");
        }
    }

    @Name("fee")
    @Version(2)
    record FeeV2(BigDecimal amount, String why) {}

    static final class StepOne implements Application {
        @Override public void define(Definition app) {
            app.entity("purse", new Purse())
                    .upcast(FeeV2.class, next -> List.of(new Event.FeeCharged(next.amount())));
        }
    }

    static final class Purse implements Entity<PayIn, Event, State> {
        @Override public State initial() {
            return new State(ZERO, ZERO);
        }

        @Override public Decision<Event> decide(State purse, PayIn command, Context context) {
            return Decision.accept(new Event.PaidIn(command.amount(), command.reference()));
        }

        @Override public State evolve(State purse, Event event) {
            return switch (event) {
                case Event.PaidIn(var amount, _) -> new State(purse.balance().add(amount), purse.fees());
                case Event.PaidOut(var amount, _) -> new State(purse.balance().subtract(amount), purse.fees());
                case Event.FeeCharged(var amount) ->
                        new State(purse.balance().subtract(amount), purse.fees().add(amount));
            };
        }
    }

    @Test void reads_what_older_releases_stored() {
        EntityScenario.of(new Wallets(), Purse.class)
                .givenStored("paid-in", 1, "{\"sum\":\"20\"}")
                .givenStored("paid-out-with-fee", 1, "{\"amount\":\"5\",\"fee\":\"1\"}")
                .givenStored("polished", 1, "{}")
                .thenState(new State(new BigDecimal("14"), BigDecimal.ONE));
    }

    @Test void reads_what_has_gained_an_optional_component_lost_one_or_got_another_record() {
        EntityScenario.of(new Wallets(), Purse.class)
                .givenStored("paid-in", 2, "{\"amount\":\"20\",\"reference\":\"x\",\"gone\":true}")
                .givenStored("paid-out", 1, "{\"amount\":\"4\"}")
                .givenStored("fee", 1, "{\"amount\":\"6\"}")
                .thenState(new State(TEN, new BigDecimal("6")));
    }

    @Test void reads_what_the_next_release_will_store() {
        EntityScenario.of(new StepOne(), Purse.class)
                .givenStored("fee", 2, "{\"amount\":\"6\",\"why\":\"late\"}")
                .thenState(new State(new BigDecimal("-6"), new BigDecimal("6")));
    }
}
