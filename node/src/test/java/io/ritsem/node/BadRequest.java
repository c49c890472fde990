package io.ritsem.node;

import java.util.List;
import java.util.stream.Stream;

import static java.nio.charset.StandardCharsets.UTF_8;

/**
 * A request that must be refused whatever its body.
 *
 * @param code the problem's code
 * @param wrong the names of the headers, parameters or parts of the path that are listed; empty if nothing is
 */
record BadRequest(String name, RawHttp.Request request, int status, String code, List<String> wrong) {

    static final String VICTIM = "/api/entities/account/victim";
    static final String DEPOSIT = "{\"amount\":\"1.00\",\"reference\":\"bad\"}";

    private static final String JSON = "Content-Type: application/json";
    private static final String BALANCES = "/api/views/balances";

    static Stream<BadRequest> all() {
        return Stream.of(addresses(), headers(), bodies(), entities(), views(), rows()).flatMap(each -> each);
    }

    private static Stream<BadRequest> addresses() {
        return Stream.of(
                id("an id of 300 characters", "a".repeat(300)),
                id("an id of 181 characters", "a".repeat(181)),
                id("a control character in an id", "a%07b"),
                id("a U+0000 in an id", "a%00b"),
                id("a line feed in an id", "a%0Ab"),
                id("a slash in an id", "a%2Fb"),
                id("a blank in an id", "a%20b"),
                id("a letter beyond ASCII in an id", "a%C3%AB"),
                id("an id that is a stroke", "%7C"),
                id("an empty id", ""),
                id("percent-encoding that is broken", "a%zzb"),
                id("percent-encoding that ends", "a%4"),
                id("percent-encoding of bad UTF-8", "a%C3%28"),
                post("an unknown type", "/api/entities/acount/a/deposit", 404, "unknown-type"),
                post("an unknown command", VICTIM + "/depositt", 404, "unknown-command"),
                post("a command that is an event", VICTIM + "/deposited", 404, "unknown-command"),
                post("a path that is not there", VICTIM + "/deposit/now", 404, "not-found"),
                post("a parameter that is not there", VICTIM + "/deposit?dryrun=true", 400, "invalid-request",
                        "dryrun"),
                post("a bad dry run", VICTIM + "/deposit?dryRun=maybe", 400, "invalid-request", "dryRun"),
                post("two dry runs", VICTIM + "/deposit?dryRun=true&dryRun=false", 400, "invalid-request", "dryRun"),
                post("a parameter that is malformed", VICTIM + "/deposit?dryRun=%zz", 400, "bad-request"),
                new BadRequest("a wrong method",
                        new RawHttp.Request("PUT", VICTIM + "/deposit", List.of(), new byte[0]), 405,
                        "method-not-allowed", List.of()),
                post("a bulk parameter", "/api/commands?dryRun=true", 400, "invalid-request", "dryRun"));
    }

    private static Stream<BadRequest> headers() {
        return Stream.of(
                header("a key of 256 characters", "Idempotency-Key: " + "k".repeat(256)),
                header("an empty key", "Idempotency-Key: \"\""),
                header("a key beyond ASCII", "Idempotency-Key: k\u00EB"),
                header("a key whose quotation does not end", "Idempotency-Key: \"k"),
                header("a version that is none", "If-Match: seven"),
                header("a negative version", "If-Match: \"-1\""),
                header("any version", "If-Match: *"),
                header("a weak version", "If-Match: W/\"1\""),
                header("two versions", "If-Match: \"1\", \"2\""),
                header("a version of 400 digits", "If-Match: \"" + "1".repeat(400) + "\""),
                header("a version not to be", "If-None-Match: \"1\""),
                header("a correlation of 256 characters", "Correlation-Id: " + "c".repeat(256)),
                header("an unwanted answer", 406, "not-acceptable", "Accept: text/html", JSON),
                header("a body that is a form", 415, "unsupported-media-type",
                        "Content-Type: application/x-www-form-urlencoded"),
                header("a body that is a text", 415, "unsupported-media-type", "Content-Type: text/plain"),
                header("a body of another charset", 415, "unsupported-media-type", JSON + "; charset=ISO-8859-1"),
                header("a body of a type that is malformed", 415, "unsupported-media-type", "Content-Type: json"),
                header("a body of no type", 415, "unsupported-media-type", "X-Nothing: 1"),
                header("a body that is packed", 400, "bad-request", "Content-Encoding: gzip", JSON));
    }

    private static Stream<BadRequest> bodies() {
        RawHttp.Request big = new RawHttp.Request("POST", VICTIM + "/deposit", List.of(JSON),
                ("{\"reference\":\"" + "x".repeat(300 << 10) + "\"}").getBytes(UTF_8));
        RawHttp.Request bulk = new RawHttp.Request("POST", "/api/commands", List.of(JSON), DEPOSIT.getBytes(UTF_8));
        return Stream.of(
                new BadRequest("a body of 300 KiB", big, 413, "too-large", List.of()),
                new BadRequest("a bulk body that is not NDJSON", bulk, 415, "unsupported-media-type", List.of()));
    }

    private static Stream<BadRequest> entities() {
        return Stream.of(
                get("a negative version to read", VICTIM + "?version=-1", "version"),
                get("a version to read that is none", VICTIM + "?version=1.5", "version"),
                get("a version to read of 400 digits", VICTIM + "?version=" + "1".repeat(400), "version"),
                get("two versions to read", VICTIM + "?version=1&version=1", "version"),
                get("a moment that is none", VICTIM + "?at=nonsense", "at"),
                get("a moment beyond all years", VICTIM + "?at=%2B999999-01-01T00:00:00Z", "at"),
                get("a version and a moment", VICTIM + "?version=1&at=2026-11-21T09:30:00Z", "at"),
                get("a parameter of an entity", VICTIM + "?vresion=1", "vresion"),
                get("a history of nothing", VICTIM + "/events?limit=0", "limit"),
                get("a history of too much", VICTIM + "/events?limit=100000", "limit"),
                get("a history after a text", VICTIM + "/events?after=first", "after"),
                get("all that is wrong with a history", VICTIM + "/events?limit=0&after=-1&x=1", "x", "limit",
                        "after"),
                get("an id to read of 300 characters", "/api/entities/account/" + "a".repeat(300), "id"),
                get("a type to read", "/api/entities/acount/a", 404, "unknown-type"),
                get("an account that is not there", "/api/entities/account/nobody", 404, "no-such-entity"));
    }

    private static Stream<BadRequest> views() {
        return Stream.of(
                get("an unknown view", "/api/views/balance", 404, "unknown-view"),
                get("an unknown filter", BALANCES + "?ownr=a", "ownr"),
                get("a filter that is not declared", BALANCES + "?open=true", "open"),
                get("an unknown operator", BALANCES + "?owner.like=a", "owner.like"),
                get("an operator of another type", BALANCES + "?balance.prefix=1", "balance.prefix"),
                get("an unknown field to sort by", BALANCES + "?sort=-ownr", "sort"),
                get("a field twice to sort by", BALANCES + "?sort=owner,owner", "sort"),
                get("no limit", BALANCES + "?limit=0", "limit"),
                get("a limit beyond all", BALANCES + "?limit=100000", "limit"),
                get("a negative limit", BALANCES + "?limit=-1", "limit"),
                get("two limits", BALANCES + "?limit=1&limit=2", "limit"),
                get("a cursor that is none", BALANCES + "?cursor=nonsense", "cursor"),
                get("fields that are not there", BALANCES + "?fields=owner,secret", "fields"),
                get("a count that is none", BALANCES + "?count=maybe", "count"),
                get("a balance that is none", BALANCES + "?balance.gte=much", "balance.gte"),
                get("a balance of 400 digits", BALANCES + "?balance=" + "1".repeat(400), "balance"),
                get("an owner with U+0000", BALANCES + "?owner=a%00b", "owner"),
                get("a filter that is malformed", BALANCES + "?owner=%zz", 400, "bad-request"),
                get("a filter of bad UTF-8", BALANCES + "?owner=%C3%28", "owner"),
                get("a bad token", BALANCES + "?consistency=nonsense", "consistency"),
                get("a filter of 20 kB", BALANCES + "?owner=" + "x".repeat(20_000), 414, "uri-too-long"),
                view("a bad token in a header", "Consistency-Token: nonsense"),
                view("a token with U+00FF", "Consistency-Token: \u00FF"),
                view("too long a wait", "Prefer: wait=31"),
                view("a wait that is none", "Prefer: wait=long"),
                view("an unknown handling", "Prefer: handling=gentle"),
                get("all that is wrong with a query", BALANCES + "?ownr=a&limit=0&sort=x&count=1", "limit", "count",
                        "ownr", "sort"));
    }

    private static Stream<BadRequest> rows() {
        return Stream.of(
                get("a key of a row of 600 bytes", BALANCES + "/" + "a".repeat(600), "key"),
                get("a key of a row with U+0000", BALANCES + "/a%00", "key"),
                get("a key to compare after with U+0000", "/api/admin/projections/balances/diff?after=a%00", "after"),
                get("a key of a row that is malformed", BALANCES + "/%zz", "key"),
                get("a filter of a row", BALANCES + "/victim?owner=a", "owner"),
                get("a row that is not there", BALANCES + "/nobody", 404, "no-such-row"));
    }

    private static BadRequest id(String name, String id) {
        return post(name, "/api/entities/account/" + id + "/deposit", 400, "invalid-request", "id");
    }

    private static BadRequest post(String name, String target, int status, String code, String... wrong) {
        return new BadRequest(name, new RawHttp.Request("POST", target, List.of(JSON), DEPOSIT.getBytes(UTF_8)), status,
                code, List.of(wrong));
    }

    private static BadRequest header(String name, String header) {
        return new BadRequest(name, deposit(header, JSON), 400, "invalid-request",
                List.of(header.substring(0, header.indexOf(':'))));
    }

    private static BadRequest header(String name, int status, String code, String... headers) {
        return new BadRequest(name, deposit(headers), status, code, List.of());
    }

    private static RawHttp.Request deposit(String... headers) {
        return new RawHttp.Request("POST", VICTIM + "/deposit", List.of(headers), DEPOSIT.getBytes(UTF_8));
    }

    private static BadRequest get(String name, String target, String... wrong) {
        return new BadRequest(name, read(target), 400, "invalid-request", List.of(wrong));
    }

    private static BadRequest get(String name, String target, int status, String code) {
        return new BadRequest(name, read(target), status, code, List.of());
    }

    private static BadRequest view(String name, String header) {
        return new BadRequest(name, read(BALANCES, header), 400, "invalid-request",
                List.of(header.substring(0, header.indexOf(':'))));
    }

    private static RawHttp.Request read(String target, String... headers) {
        return new RawHttp.Request("GET", target, List.of(headers), new byte[0]);
    }

    @Override public String toString() {
        return name;
    }
}
