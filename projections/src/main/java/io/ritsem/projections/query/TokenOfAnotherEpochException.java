package io.ritsem.projections.query;

import io.ritsem.runtime.journal.ConsistencyToken;

/** A consistency token from before the journal was restored: what it names may not be there any more. */
public final class TokenOfAnotherEpochException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    public TokenOfAnotherEpochException(int token, int journal) {
        super("The token is of epoch %d, the journal is of epoch %d".formatted(token, journal));
    }

    static void requireSame(ConsistencyToken token, int journal) {
        if (token.epoch() != journal) {
            throw new TokenOfAnotherEpochException(token.epoch(), journal);
        }
    }
}
