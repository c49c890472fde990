package io.ritsem.chaos.load;

import java.io.IOException;
import java.math.BigDecimal;
import java.util.HashMap;
import java.util.Iterator;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import org.jspecify.annotations.Nullable;

import io.ritsem.chaos.load.Endpoints.Endpoint;
import io.ritsem.chaos.load.Seen.Source;
import io.ritsem.harness.Address;
import io.ritsem.harness.HttpCaller;

/**
 * One client of a cluster: each request goes to any of the endpoints, by a connection that stays open for as long as that is
 * one, and if the answer is not certain, again to another. It remembers what it was told, and for each account the tokens
 * that it needs to see at least that. Not thread-safe.
 */
final class Session implements AutoCloseable {

    private static final int CONNECT_MILLIS = 1_000;
    private static final int PATIENCE_MILLIS = 5_000;
    private static final long FIRST_PAUSE = TimeUnit.MILLISECONDS.toNanos(20);
    private static final long LONGEST_PAUSE = TimeUnit.MILLISECONDS.toNanos(200);
    private static final Pattern BALANCE = Pattern.compile("\"balance\":\"([^\"]+)\"");

    private final int number;
    private final Endpoints endpoints;
    private final CallLog calls;
    private final SessionLog log;
    private final SplittableRandom random;
    private final Map<Endpoint, HttpCaller> callers = new HashMap<>();
    private final Map<String, Tokens> tokens = new HashMap<>();
    private boolean gaveUp;

    /** The latest of each kind for an account. */
    private record Tokens(String written, String shown) {

        private static final Tokens NONE = new Tokens("", "");

        String header() {
            return (written.isEmpty() ? "" : "Consistency-Token: " + written + "\r\n")
                    + (shown.isEmpty() ? "" : "Consistency-Token: " + shown + "\r\n");
        }
    }

    /** @param seed what it draws its nodes from */
    Session(int number, Endpoints endpoints, CallLog calls, SessionLog log, long seed) {
        this.number = number;
        this.endpoints = endpoints;
        this.calls = calls;
        this.log = log;
        this.random = new SplittableRandom(seed);
    }

    /** Sends it until the answer is certain or this moment has come; returns the last answer. */
    Told send(Command command, long untilNanos) {
        gaveUp = false;
        @Nullable Endpoint endpoint = endpoints.any(random.nextInt(Integer.MAX_VALUE), null);
        Told told = attempt(command, 1, endpoint);
        long pause = FIRST_PAUSE;
        for (int attempt = 2; !told.isCertain() && System.nanoTime() < untilNanos; attempt++) {
            LockSupport.parkNanos(pause);
            pause = Math.min(2 * pause, LONGEST_PAUSE);
            endpoint = endpoints.any(random.nextInt(Integer.MAX_VALUE), endpoint);
            told = attempt(command, attempt, endpoint);
        }
        return told;
    }

    /** Whether it has waited in vain for an answer to the command that it sent last: that attempt may still be decided. */
    boolean gaveUp() {
        return gaveUp;
    }

    private Told attempt(Command command, int attempt, @Nullable Endpoint endpoint) {
        long sentAt = System.nanoTime();
        Told told = endpoint == null ? new Told.Refused("no-endpoint") : tell(command, endpoint);
        long toldAt = System.nanoTime();
        calls.add(new Attempt(command, attempt, sentAt, toldAt, told));
        if (endpoint != null && told instanceof Told.Accepted(long version, String token, _, _)) {
            log.add(new Seen(number, Source.WRITE, command.account(), version, null, sentAt, toldAt, endpoint.node()));
            tokens.merge(command.account(), new Tokens(token, ""), (old, now) -> new Tokens(now.written, old.shown));
        }
        return told;
    }

    private Told tell(Command command, Endpoint endpoint) {
        HttpCaller caller;
        try {
            caller = connected(endpoint);
        } catch (IOException nobody) {
            return new Told.Refused("nobody to connect to at " + endpoint.node());
        }
        try {
            return Told.by(caller.post(command.path(), "Idempotency-Key: " + command.key() + "\r\n", command.body()));
        } catch (IOException broken) {
            gaveUp = true;
            forget(endpoint);
            return new Told.Unknown(endpoint.node() + ": " + broken);
        }
    }

    /** Asks the entity itself. */
    void readEntity(String account) {
        read(Source.ENTITY, account, "/api/entities/account/" + account, "");
    }

    /** Asks for the row, as it is when it shows at least what this session knows. */
    void readRow(String account) {
        read(Source.ROW, account, "/api/views/balances/" + account,
                tokens.getOrDefault(account, Tokens.NONE).header());
    }

    private void read(Source source, String account, String path, String headers) {
        @Nullable Endpoint endpoint = endpoints.any(random.nextInt(Integer.MAX_VALUE), null);
        long sentAt = System.nanoTime();
        if (endpoint == null) {
            log.add(new SessionLog.Missed(path + ": no endpoint", sentAt, sentAt, false));
            return;
        }
        try {
            HttpCaller.Answer answer = connected(endpoint).get(path, headers);
            seen(source, account, answer, sentAt, endpoint.node());
        } catch (IOException broken) {
            forget(endpoint);
            log.add(new SessionLog.Missed("%s at %s: %s".formatted(path, endpoint.node(), broken), sentAt,
                    System.nanoTime(), false));
        }
    }

    private void seen(Source source, String account, HttpCaller.Answer answer, long sentAt, Address node) {
        long toldAt = System.nanoTime();
        String body = answer.body();
        if (answer.status() == 200 || answer.status() == 404) {
            Matcher balance = BALANCE.matcher(body);
            log.add(new Seen(number, source, account, Told.version(body),
                    balance.find() ? new BigDecimal(balance.group(1)) : null, sentAt, toldAt, node));
            @Nullable String token = answer.header("Consistency-Token");
            if (source == Source.ROW && token != null) {
                tokens.merge(account, new Tokens("", token), (old, now) -> new Tokens(old.written, now.shown));
            }
        } else {
            log.add(new SessionLog.Missed(
                    "%s of %s at %s: %d %s".formatted(source, account, node, answer.status(), body),
                    sentAt, toldAt, body.contains("view-behind")));
        }
    }

    private HttpCaller connected(Endpoint endpoint) throws IOException {
        forgetFormer();
        @Nullable HttpCaller caller = callers.get(endpoint);
        if (caller == null) {
            caller = new HttpCaller(endpoint.node(), CONNECT_MILLIS, PATIENCE_MILLIS);
            callers.put(endpoint, caller);
        }
        return caller;
    }

    private void forgetFormer() {
        Iterator<Map.Entry<Endpoint, HttpCaller>> all = callers.entrySet().iterator();
        while (all.hasNext()) {
            Map.Entry<Endpoint, HttpCaller> one = all.next();
            if (!endpoints.now().contains(one.getKey())) {
                all.remove();
                close(one.getValue());
            }
        }
    }

    private void forget(Endpoint endpoint) {
        @Nullable HttpCaller caller = callers.remove(endpoint);
        if (caller != null) {
            close(caller);
        }
    }

    private static void close(HttpCaller caller) {
        try {
            caller.close();
        } catch (IOException closing) {
            throw new IllegalStateException("A socket that could not be closed", closing);
        }
    }

    @Override public void close() {
        callers.values().forEach(Session::close);
        callers.clear();
    }
}
