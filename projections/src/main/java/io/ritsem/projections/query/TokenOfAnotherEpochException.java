package io.ritsem.projections.query;

/** A consistency token from before the journal was restored: what it names may not be there any more. */
public final class TokenOfAnotherEpochException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    public TokenOfAnotherEpochException(int token, int journal) {
        super("The token is of epoch %d, the journal is of epoch %d".formatted(token, journal));
    }
}
