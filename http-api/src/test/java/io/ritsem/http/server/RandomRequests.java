package io.ritsem.http.server;

import java.util.Random;

/** Requests that are nearly right. Stateless. */
final class RandomRequests {

    private static final String[] METHODS = {"POST", "POST", "POST", "GET", "PUT", "HEAD", "OPTIONS", "TRACE",
        "P\u00e9ST", ""};
    private static final String[] PATHS = {"/api/entities/wallet/a/open", "/api/entities/wallet/a/put",
        "/api/entities/wallet/a",
        "/api/entities/wallet/a/events", "/api/commands", "/api/commands", "/openapi.json", "/docs", "/api/views/none",
        "/api/entities/wallet//put", "/api/entities/%E0%A4%A/a/put", "/api//entities", "*", "", "/%"};
    private static final String[] QUERIES = {"", "", "", "?dryRun=true", "?dryRun", "?version=1",
        "?at=2026-01-01T00:00:00Z",
        "?limit=5&after=0", "?%", "?a=%ff", "?&&=&", "?version=99999999999999999999"};
    private static final String[] HEADERS = {"Content-Type: application/json", "Content-Type: application/x-ndjson",
        "Content-Type: ;;;", "Idempotency-Key: k", "Idempotency-Key: \"", "If-Match: \"1\"", "If-Match: ,",
        "If-None-Match: *",
        "Prefer: return=representation", "Prefer: ;=,", "Accept: */*;q=x", "Accept: ,;", "traceparent: 00-00-00-00",
        "Expect: 100-continue", "Connection: close", "Consistency-Token: AAAA", "Correlation-Id: \u00e9", "X: \u0001"};
    private static final String[] BODIES = {"", "{}", "{\"owner\":\"a\"}", "{\"amount\":\"1\"}", "[", "\u0000",
        "{\"amount\":1e999}",
        "{\"type\":\"wallet\",\"id\":\"a\",\"command\":\"put\",\"data\":{\"amount\":\"1\"}}\n", "\n\n\n",
        "{\"type\":1}\n{}\n[",
        "{\"type\":\"wallet\",\"id\":\"\\ud800\",\"command\":\"put\",\"data\":{}}\n", "\"\\u0000\"",
        "{\"a\":{\"b\":[1,2,{}]}}"};

    private RandomRequests() {}

    static String next(Random random) {
        StringBuilder request = new StringBuilder();
        String body = pick(random, BODIES);
        request.append(pick(random, METHODS))
                .append(' ')
                .append(pick(random, PATHS))
                .append(pick(random, QUERIES))
                .append(" HTTP/1.1\r\nHost: x\r\n");
        for (int i = random.nextInt(5); i > 0; i--) {
            request.append(pick(random, HEADERS)).append("\r\n");
        }
        if (random.nextInt(4) == 0) {
            request.append("Transfer-Encoding: chunked\r\n\r\n")
                    .append(Integer.toHexString(body.length()))
                    .append("\r\n")
                    .append(body)
                    .append(body.isEmpty() ? "" : "\r\n0\r\n")
                    .append("\r\n");
        } else {
            request.append("Content-Length: ").append(body.length()).append("\r\n\r\n").append(body);
        }
        for (int i = random.nextInt(3); i > 0; i--) {
            int at = random.nextInt(request.length());
            request.setCharAt(at, (char) random.nextInt(256));
        }
        return request.toString();
    }

    private static String pick(Random random, String[] of) {
        return of[random.nextInt(of.length)];
    }
}
