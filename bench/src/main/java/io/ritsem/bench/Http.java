package io.ritsem.bench;

import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;

import io.ritsem.harness.Address;
import io.ritsem.harness.HttpCaller;
import io.ritsem.harness.NodeProcess;
import io.ritsem.harness.Options;
import io.ritsem.postgres.EmbeddedDatabase;

import static io.ritsem.bench.DepositLoad.ACCOUNTS;
import static io.ritsem.bench.Report.say;

/**
 * What a node does over HTTP against single rows on the same server: deposits with and without keys, by few callers and
 * by many, in bulk, and into one account; reads of accounts, of rows and of queries; and a mixture.
 */
public final class Http {

    private static final int CALLERS = 64;
    private static final int MANY = 256;
    private static final int BULK_CALLERS = 8;
    private static final int BULK_LINES = 1_000;

    private final Options options;
    private final Report report = new Report("http");
    private final AtomicLong keys = new AtomicLong();
    private final AtomicLong acknowledged = new AtomicLong();

    private Http(Options options) {
        this.options = options;
    }

    /** Options: {@code --rounds 3 --seconds 15 --warm-up 20}, the last for each kind of work. */
    public static void main(String[] args) throws Exception {
        new Http(Options.parse(args, Map.of("rounds", 3, "seconds", 15, "warm-up", 20))).run();
    }

    private void run() throws Exception {
        try (EmbeddedDatabase server = EmbeddedDatabase.temporary()) {
            String database = server.createDatabase();
            report.on(server);
            SingleRows unit = SingleRows.on(server);
            try (NodeProcess node = NodeProcess.start(database, Map.of());
                    Bulk bulk = new Bulk(node.port());
                    StoredPast journal = new StoredPast(database)) {
                DepositLoad deposits = new DepositLoad(node.port(), CALLERS);
                deposits.open();
                Rounds rounds = sides(new Rounds(), unit, node.port(), deposits, bulk);
                rounds.warmUp(options.of("warm-up"));
                var _ = rounds.run(options.of("rounds"), options.of("seconds"), report);
                compare(deposits.acknowledged() + acknowledged.get(),
                        journal.number("SELECT count(*) FROM ritsem.event_journal"));
            }
        }
        report.write();
    }

    private Rounds sides(Rounds rounds, SingleRows unit, int port, DepositLoad deposits, Bulk bulk) {
        return rounds.side(unit.by() + ", 64 clients, a row a transaction", seconds -> unit.run(CALLERS, seconds))
                .side("deposits, 64 callers, a key each", deposits::run)
                .side("deposits, 256 callers, a key each", seconds -> deposits.run(MANY, seconds, true))
                .side("deposits, 64 callers, no keys", seconds -> deposits.run(CALLERS, seconds, false))
                .side("deposits, 64 callers, one account", seconds -> load(port, seconds,
                        (node, random) -> deposit(node, 0, random)))
                .side("deposits in bulk, 8 callers, 1,000 lines each", seconds -> bulk(bulk, seconds))
                .side("3 reads of an account to a deposit", seconds -> load(port, seconds, (node, random) -> {
                    int account = random.nextInt(ACCOUNTS);
                    return random.nextInt(4) == 0 ? deposit(node, account, random)
                            : read(node, "entities/account/" + account);
                }))
                .side("reads of an account", seconds -> load(port, seconds,
                        (node, random) -> read(node, "entities/account/" + random.nextInt(ACCOUNTS))))
                .side("reads of a row by its key", seconds -> load(port, seconds,
                        (node, random) -> read(node, "views/balances/" + random.nextInt(ACCOUNTS))))
                .side("queries for 20 rows", seconds -> load(port, seconds,
                        (node, random) -> read(node,
                                "views/balances?limit=20&balance.gte=" + random.nextInt(ACCOUNTS))));
    }

    private static Round load(int port, int seconds, HttpLoad.Requests requests) {
        return HttpLoad.run(_ -> Address.loopback(port), CALLERS, seconds, requests);
    }

    private byte[] deposit(Address node, int account, SplittableRandom random) {
        acknowledged.incrementAndGet(); // before the round ends, or that fails
        return HttpCaller.postTo(node, "/api/entities/account/" + account + "/deposit",
                "Idempotency-Key: http-" + keys.incrementAndGet() + "\r\n", DepositLoad.body(random));
    }

    private static byte[] read(Address node, String what) {
        return HttpCaller.getFrom(node, "/api/" + what, "");
    }

    private Round bulk(Bulk bulk, int seconds) throws InterruptedException {
        return Load.run(BULK_CALLERS, seconds, () -> {
            SplittableRandom random = new SplittableRandom();
            return () -> {
                int sent = bulk.send(IntStream.range(0, BULK_LINES)
                        .mapToObj(_ -> Bulk.command(random.nextInt(ACCOUNTS), "deposit", DepositLoad.body(random),
                                "bulk-" + keys.incrementAndGet()))
                        .toList());
                acknowledged.addAndGet(sent);
                return sent;
            };
        });
    }

    private void compare(long acknowledged, long stored) {
        say("%n%,d commands acknowledged, %,d events in the journal: %s", acknowledged, stored,
                acknowledged == stored ? "equal" : "NOT EQUAL");
        report.keep("acknowledged", (double) acknowledged);
        report.keep("stored", (double) stored);
    }
}
