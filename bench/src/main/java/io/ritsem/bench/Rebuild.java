package io.ritsem.bench;

import java.io.IOException;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

import akka.actor.BootstrapSetup;
import akka.actor.setup.ActorSystemSetup;
import akka.actor.typed.ActorSystem;
import akka.actor.typed.javadsl.Behaviors;
import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;

import io.ritsem.domain.Application;
import io.ritsem.harness.Options;
import io.ritsem.postgres.EmbeddedDatabase;
import io.ritsem.projections.ProjectionSettings;
import io.ritsem.projections.Projections;
import io.ritsem.runtime.application.ApplicationModel;
import io.ritsem.runtime.application.HostedApplication;
import io.ritsem.runtime.journal.Database;
import io.ritsem.runtime.journal.DatabaseSettings;
import io.ritsem.runtime.journal.JournalReader;
import bank.Account;
import bank.Balances;
import bank.Turnover;

import static io.ritsem.bench.Report.say;

/**
 * The bank's views built anew, one at a time and with nothing else to do, against the same events read out of PostgreSQL
 * with {@code COPY}: those of 1,000 accounts, and of as many accounts as there are events. By the engine alone, in this
 * process, with the settings of a node.
 */
public final class Rebuild {

    private static final int ACCOUNTS = 1_000;
    private static final int MINUTES = 10;
    private static final int CONNECTIONS = 12;
    private static final int PARTITIONS = 32;

    private static final Config CONFIG = ConfigFactory
            .parseString("""
                         akka { loglevel = WARNING, stdout-loglevel = OFF, loggers = ["akka.event.slf4j.Slf4jLogger"] }
                         """)
            .withFallback(ConfigFactory.defaultReference())
            .resolve();

    private static final BuiltView BALANCES = new BuiltView("balances",
            app -> app.view("balances", new Balances()).of("account").indexedBy("owner", "balance"),
            "SELECT coalesce(sum((row ->> 'balance')::numeric), 0)::bigint FROM ritsem.view_balances_1");
    private static final BuiltView TURNOVER = new BuiltView("turnover",
            app -> app.view("turnover", Turnover.Row.class)
                    .on("account", new Turnover())
                    .indexedBy("reference", "month"),
            "SELECT sum((row ->> 'deposited')::numeric - (row ->> 'withdrawn')::numeric)::bigint FROM ritsem.view_turnover_1");

    private final int events;
    private final int rounds;
    private final Map<String, List<Double>> rates = new LinkedHashMap<>();
    private final Report report = new Report("rebuild");

    private Rebuild(Options options) {
        this.events = 1_000 * options.of("thousand-events");
        this.rounds = options.of("rounds");
    }

    /** @param total a query of the money in all accounts */
    private record BuiltView(String name, Application definition, String total) {}

    /** Options: {@code --thousand-events 1000 --rounds 3}. */
    public static void main(String[] args)
            throws IOException, SQLException, InterruptedException, ExecutionException, TimeoutException {
        new Rebuild(Options.parse(args, Map.of("thousand-events", 1_000, "rounds", 3))).run();
    }

    private void run() throws IOException, SQLException, InterruptedException, ExecutionException, TimeoutException {
        try (EmbeddedDatabase server = EmbeddedDatabase.temporary();
                Journal few = new Journal(server.createDatabase());
                Journal many = new Journal(server.createDatabase())) {
            report.on(server);
            say("Storing %,d events of %,d accounts, and of as many accounts", events, ACCOUNTS);
            few.past().store(events, ACCOUNTS);
            many.past().store(events, events);
            say("%n events/s     COPY   balances   turnover    COPY, one event each   balances");
            for (int round = 0; round <= rounds; round++) {
                measure(few, many, round);
                if (round == 0) {
                    rates.clear();
                }
            }
        }
        List<Double> medians = rates.values().stream().map(Report::median).toList();
        print("median", medians);
        say("%-8s %11.2f x %8.2f x %33.2f x  of COPY", "", medians.get(1) / medians.get(0),
                medians.get(2) / medians.get(0), medians.get(4) / medians.get(3));
        rates.forEach((what, all) -> report.keep(what, Report.median(all)));
        report.write();
    }

    private void measure(Journal few, Journal many, int round)
            throws IOException, SQLException, InterruptedException, ExecutionException, TimeoutException {
        keep("copyPerSecond", few.copy());
        keep("balancesPerSecond", few.build(BALANCES));
        keep("turnoverPerSecond", few.build(TURNOVER));
        keep("copyOneEachPerSecond", many.copy());
        keep("balancesOneEachPerSecond", many.build(BALANCES));
        print(round == 0 ? "warm-up" : Integer.toString(round),
                rates.values().stream().map(List::getLast).toList());
    }

    private void keep(String what, double seconds) {
        rates.computeIfAbsent(what, _ -> new ArrayList<>()).add(events / seconds);
    }

    private static void print(String what, List<Double> rates) {
        say("%-8s %,11.0f %,10.0f %,10.0f %,23.0f %,10.0f", what, rates.get(0), rates.get(1), rates.get(2),
                rates.get(3), rates.get(4));
    }

    /** A database with events. */
    private final class Journal implements AutoCloseable {

        private final BankPast past;
        private final Database database;

        Journal(String url) throws SQLException {
            database = Database.open(new DatabaseSettings(url, "", "", CONNECTIONS, PARTITIONS));
            database.migrate();
            past = new BankPast(url);
        }

        BankPast past() {
            return past;
        }

        /** How many seconds it takes to read all events out. */
        double copy() throws IOException, SQLException {
            long started = System.nanoTime();
            long copied = past.copy();
            require(events, copied, "events were copied");
            return seconds(started);
        }

        /** How many seconds it takes until the view may be read. */
        double build(BuiltView view) throws SQLException, InterruptedException, ExecutionException, TimeoutException {
            past.forgetViews();
            ApplicationModel application = ApplicationModel.of(app -> app.entity("account", new Account()),
                    view.definition());
            ActorSystem<Void> system = ActorSystem.create(Behaviors.empty(), "rebuild", ActorSystemSetup
                    .create(BootstrapSetup.create(CONFIG), new HostedApplication(application)));
            long started = System.nanoTime();
            try (Projections projections = Projections.start(system, database.dataSource(),
                    new JournalReader(database.dataSource(), database.check()), application,
                    ProjectionSettings.from(CONFIG))) {
                var _ = projections.ready().toCompletableFuture().get(MINUTES, TimeUnit.MINUTES);
                double seconds = seconds(started);
                require(past.total(), past.number(view.total()), "is the money in " + view.name());
                return seconds;
            } finally {
                system.terminate();
                var _ = system.getWhenTerminated().toCompletableFuture().get(MINUTES, TimeUnit.MINUTES);
            }
        }

        private static double seconds(long since) {
            return (System.nanoTime() - since) / 1e9;
        }

        private static void require(long expected, long found, String what) {
            if (found != expected) {
                throw new IllegalStateException("%d %s, not %d".formatted(found, what, expected));
            }
        }

        @Override public void close() throws SQLException {
            past.close();
            database.close();
        }
    }
}
