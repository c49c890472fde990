package bank;

import io.ritsem.domain.Application;
import io.ritsem.domain.Definition;

/** The bank, as a node finds it. */
public final class Bank implements Application {

    @Override public void define(Definition app) {
        app.entity("account", new Account());
        app.view("balances", new Balances()).of("account").indexedBy("owner", "balance");
        app.view("turnover", Turnover.Row.class).on("account", new Turnover()).indexedBy("reference", "month");
    }
}
