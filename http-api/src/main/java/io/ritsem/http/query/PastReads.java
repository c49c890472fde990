package io.ritsem.http.query;

import java.time.Instant;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import io.ritsem.http.problem.InvalidInput;
import io.ritsem.http.problem.Problem;
import io.ritsem.http.problem.ProblemException;
import io.ritsem.http.server.Exchange;
import io.ritsem.projections.query.AsOf;
import io.ritsem.projections.query.InvalidQueryException;
import io.ritsem.projections.query.PastRow;
import io.ritsem.projections.query.PastRowFailedException;
import io.ritsem.projections.query.TokenOfAnotherEpochException;
import io.ritsem.projections.query.ViewReader;
import io.ritsem.projections.query.ViewRow;

/**
 * Rows as they were. It is the journal that is read, where everything is that anybody has written: nothing has to be
 * waited for, and how fresh the view is does not matter. Thread-safe.
 */
record PastReads(ViewReader reader) {

    private static final Logger LOG = LoggerFactory.getLogger(PastReads.class);

    /** @throws ProblemException if there is no such row, or the question is none */
    ViewRow row(Exchange exchange, String view, String key, AsOf asOf) {
        PastRow past;
        try {
            past = reader.rowAt(view, key, asOf, exchange.timeLeft());
        } catch (InvalidQueryException invalid) {
            throw new ProblemException(Problem.invalidRequest(invalid.errors()
                    .stream()
                    .map(error -> InvalidInput.parameter(error.parameter(), error.code(), error.message()))
                    .toList()));
        } catch (TokenOfAnotherEpochException old) {
            throw new ProblemException(ViewRoutes.tokenOfAnotherEpoch());
        } catch (PastRowFailedException bug) {
            LOG.error("{} [traceId {}]", bug.getMessage(), exchange.traceId(), bug);
            throw new ProblemException(Problem.of(500, "view-failed",
                    "The view '%s' cannot apply event %d of '%s' (%s): a bug of the application, logged under the traceId"
                            .formatted(view, bug.sequence(), key, bug.event())));
        }
        if (asOf instanceof AsOf.Version(long version) && version != past.version()) {
            throw new ProblemException(Problem.of(404, "no-such-version", "'%s' has no version %d: %s".formatted(
                    Problem.shown(key), version, past.version() == 0 ? "it has no events yet"
                            : "its last event is " + past.version())));
        }
        @Nullable ViewRow row = past.row();
        if (row == null) {
            throw new ProblemException(Problem.of(404, "no-such-row", "The view '%s' had no row '%s' %s"
                    .formatted(view, Problem.shown(key), inWords(asOf))));
        }
        return row;
    }

    private static String inWords(AsOf asOf) {
        return switch (asOf) {
            case AsOf.Version(long version) -> "at version " + version;
            case AsOf.Moment(Instant time) -> "at " + time;
            case AsOf.Seen _ -> "as of that token";
        };
    }
}
