package io.ritsem.bench;

import java.time.Instant;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

import io.ritsem.harness.Options;
import io.ritsem.postgres.EmbeddedDatabase;
import io.ritsem.runtime.gateway.CommandGateway;
import io.ritsem.runtime.gateway.CommandOutcome;
import io.ritsem.runtime.gateway.CommandRequest;
import io.ritsem.runtime.gateway.CommandRequest.Caller;
import io.ritsem.runtime.gateway.CommandRequest.Precondition;
import io.ritsem.runtime.journal.EntityId;

import static io.ritsem.bench.DepositLoad.ACCOUNTS;
import static java.nio.charset.StandardCharsets.UTF_8;

/**
 * Deposits through the gateway of a write side in this process, a key each: what is left when nobody speaks HTTP, against
 * single rows on the same server.
 */
public final class InProcess {

    private static final int CALLERS = 64;
    private static final int MANY = 256;
    private static final int PATIENCE_SECONDS = 10;

    private final Options options;
    private final Report report = new Report("in-process");
    private final AtomicLong keys = new AtomicLong();

    private InProcess(Options options) {
        this.options = options;
    }

    /** Options: {@code --rounds 3 --seconds 15 --warm-up 30}, the last for each kind of work. */
    public static void main(String[] args) throws Exception {
        new InProcess(Options.parse(args, Map.of("rounds", 3, "seconds", 15, "warm-up", 30))).run();
    }

    private void run() throws Exception {
        try (EmbeddedDatabase server = EmbeddedDatabase.temporary()) {
            String database = server.createDatabase();
            report.on(server);
            SingleRows unit = SingleRows.on(server);
            try (WriteSide node = new WriteSide(database)) {
                CommandGateway gateway = node.gateway();
                for (int account = 0; account < ACCOUNTS; account++) {
                    send(gateway, account, "open", "{\"owner\":\"owner\",\"overdraft\":\"0\"}");
                }
                Rounds rounds = new Rounds()
                        .side(unit.by() + ", 64 clients, a row a transaction", seconds -> unit.run(CALLERS, seconds))
                        .side("deposits, 64 callers", seconds -> deposits(gateway, CALLERS, seconds, ACCOUNTS))
                        .side("deposits, 256 callers", seconds -> deposits(gateway, MANY, seconds, ACCOUNTS))
                        .side("deposits, 64 callers, one account", seconds -> deposits(gateway, CALLERS, seconds, 1));
                rounds.warmUp(options.of("warm-up"));
                var _ = rounds.run(options.of("rounds"), options.of("seconds"), report);
            }
        }
        report.write();
    }

    private Round deposits(CommandGateway gateway, int callers, int seconds, int accounts)
            throws InterruptedException {
        return Load.run(callers, seconds, () -> {
            SplittableRandom random = new SplittableRandom();
            return () -> send(gateway, random.nextInt(accounts), "deposit", DepositLoad.body(random));
        });
    }

    private int send(CommandGateway gateway, int account, String command, String body) throws Exception {
        CommandOutcome outcome = gateway
                .submit(new CommandRequest(new EntityId("account", Integer.toString(account)), command,
                        body.getBytes(UTF_8), "in-process-" + keys.incrementAndGet(), Precondition.NONE, false, false,
                        Instant.now().plusSeconds(PATIENCE_SECONDS), Caller.UNKNOWN))
                .toCompletableFuture()
                .get(2 * PATIENCE_SECONDS, TimeUnit.SECONDS);
        if (!(outcome instanceof CommandOutcome.Accepted)) {
            throw new IllegalStateException("The outcome was " + outcome);
        }
        return 1;
    }
}
