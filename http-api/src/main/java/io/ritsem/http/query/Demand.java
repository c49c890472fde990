package io.ritsem.http.query;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

import io.helidon.http.HeaderName;
import io.helidon.http.HeaderNames;

import io.ritsem.http.problem.InvalidInput;
import io.ritsem.http.server.Exchange;
import io.ritsem.runtime.journal.ConsistencyToken;

/**
 * What a reader wants to see at least, and what to do if the view is not there yet. Immutable.
 *
 * @param tokens the tokens that were sent, merged; one for each epoch, of which all but one are of no use
 * @param errors what is wrong with the tokens or the preferences
 */
record Demand(List<ConsistencyToken> tokens, Preferences preferences, List<InvalidInput> errors) {

    private static final HeaderName PREFER = HeaderNames.create("Prefer");

    /** @param parameters the tokens in the query string */
    static Demand of(Exchange exchange, List<String> parameters) {
        Preferences preferences = Preferences.parse(exchange.headers(PREFER));
        List<InvalidInput> errors = new ArrayList<>(preferences.errors());
        Map<Integer, ConsistencyToken> tokens = new HashMap<>();
        for (String header : exchange.headers(Exchange.CONSISTENCY_TOKEN)) {
            for (String token : header.split(",")) {
                if (!token.isBlank()) {
                    add(tokens, token.strip(), errors, true);
                }
            }
        }
        for (String token : parameters) {
            add(tokens, token, errors, false);
        }
        return new Demand(List.copyOf(tokens.values()), preferences, List.copyOf(errors));
    }

    private static void add(Map<Integer, ConsistencyToken> tokens, String text, List<InvalidInput> errors,
            boolean header) {
        try {
            ConsistencyToken token = ConsistencyToken.parse(text);
            tokens.merge(token.epoch(), token, ConsistencyToken::merge);
        } catch (IllegalArgumentException malformed) {
            String advice = "must be a token as an answer's Consistency-Token says it";
            errors.add(header
                    ? InvalidInput.header(Exchange.CONSISTENCY_TOKEN.defaultCase(), advice)
                    : InvalidInput.parameter(QueryParameters.CONSISTENCY, "invalid", advice));
        }
    }
}
