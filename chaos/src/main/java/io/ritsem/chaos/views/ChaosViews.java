package io.ritsem.chaos.views;

import io.ritsem.domain.Application;
import io.ritsem.domain.Definition;

/** Views of the bank's accounts, for nodes that are started with {@value #WANTED}. */
public final class ChaosViews implements Application {

    /** The system property that lets a node serve them. */
    public static final String WANTED = "chaos.views";

    /** The system property that names the account whose deposits the view of statements cannot apply. */
    public static final String POISONED = "chaos.poisoned";

    @Override public void define(Definition app) {
        if (Boolean.getBoolean(WANTED)) {
            app.view("tally", Tally.Row.class).on("account", new Tally());
            app.view("statements", new Statements(System.getProperty(POISONED, ""))).of("account");
        }
    }
}
