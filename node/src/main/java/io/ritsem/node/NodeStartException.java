package io.ritsem.node;

import java.util.Objects;

/** A node cannot start, for a reason that its operator can mend; the message is one sentence for them. */
final class NodeStartException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    NodeStartException(String sentence, Throwable cause) {
        super(sentence, cause);
    }

    NodeStartException(String sentence) {
        super(sentence);
    }

    /** For a cause whose message is such a sentence already. */
    NodeStartException(Throwable cause) {
        super(Objects.requireNonNullElse(cause.getMessage(), cause.toString()), cause);
    }
}
