package io.ritsem.http.sample;

import java.math.BigDecimal;

import org.jspecify.annotations.Nullable;

import io.ritsem.domain.Application;
import io.ritsem.domain.Definition;
import io.ritsem.domain.EntityView;
import io.ritsem.domain.Recorded;

/** The application of the tests: the entity type {@code wallet} and the view {@code balances}. */
public final class Wallets implements Application {

    public record Row(String owner, BigDecimal balance) {}

    /** One row for each wallet. */
    private static final class Balances implements EntityView<Wallet.Event, Row> {

        @Override public @Nullable Row apply(@Nullable Row row, Wallet.Event event, Recorded recorded) {
            Row before = row == null ? new Row("", BigDecimal.ZERO) : row;
            return switch (event) {
                case Wallet.Event.Opened(String owner) -> new Row(owner, before.balance());
                case Wallet.Event.PutIn(BigDecimal amount, _) -> new Row(before.owner(), before.balance().add(amount));
                case Wallet.Event.TakenOut(BigDecimal amount) ->
                        new Row(before.owner(), before.balance().subtract(amount));
            };
        }
    }

    @Override public void define(Definition app) {
        app.entity("wallet", new Wallet());
        app.view("balances", new Balances()).of("wallet").indexedBy("owner", "balance", "updatedAt");
    }
}
