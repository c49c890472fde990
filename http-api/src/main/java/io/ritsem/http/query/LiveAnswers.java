package io.ritsem.http.query;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;

import io.helidon.http.HeaderName;
import io.helidon.http.HeaderNames;
import io.helidon.webserver.CloseConnectionException;
import org.jspecify.annotations.Nullable;

import io.ritsem.http.json.JsonBytes;
import io.ritsem.http.problem.Problem;
import io.ritsem.http.problem.ProblemException;
import io.ritsem.http.server.Exchange;
import io.ritsem.projections.live.LiveBatch;
import io.ritsem.projections.live.LiveBatch.Change;
import io.ritsem.projections.live.LiveQueryTooLargeException;
import io.ritsem.projections.live.LiveReader;
import io.ritsem.projections.query.ViewQuery.Filter;
import io.ritsem.projections.query.ViewReader;
import io.ritsem.projections.query.ViewRow;

/**
 * Answers that go on: the rows now, then every change, as server-sent events. Thread-safe; each keeps its request's
 * virtual thread, which writes what the view's feed has for it and a comment when there is nothing.
 */
final class LiveAnswers {

    private static final HeaderName UNBUFFERED = HeaderNames.create("X-Accel-Buffering");
    private static final int RETRY_MILLISECONDS = 1000;
    private static final Duration LONGEST_WRITE = Duration.ofSeconds(10);
    private static final byte[] NOTHING = "{}".getBytes(StandardCharsets.US_ASCII);

    private final ViewReader reader;
    private final AtomicInteger readers = new AtomicInteger();

    LiveAnswers(ViewReader reader) {
        this.reader = reader;
    }

    /**
     * Answers until the client goes, falls behind, or the node stops.
     *
     * @param fields the fields of the rows that are wanted, or null for all
     * @throws ProblemException 422 if too many rows match, 503 if there are too many live readers already
     */
    void answer(Exchange exchange, String view, List<Filter> filters, @Nullable Set<String> fields) {
        exchange.set(HeaderNames.CACHE_CONTROL, "no-store").set(UNBUFFERED, "no");
        if (exchange.isHead()) {
            exchange.send(200, Exchange.EVENT_STREAM, new byte[0]);
            return;
        }
        int most = exchange.settings().live().readers();
        try {
            if (readers.incrementAndGet() > most) {
                throw new ProblemException(Problem.unavailable("overloaded",
                        "This node has its %d live readers already; try another, or later".formatted(most), 1));
            }
            try (LiveReader<ViewRow> rows = begin(exchange, view, filters)) {
                write(exchange, rows, fields);
            }
        } finally {
            readers.decrementAndGet();
        }
    }

    private LiveReader<ViewRow> begin(Exchange exchange, String view, List<Filter> filters) {
        try {
            return reader.live(view, filters, exchange.timeLeft());
        } catch (LiveQueryTooLargeException tooLarge) {
            throw new ProblemException(Problem.of(422, "query-too-large",
                    "A live query may match %d rows of together %d MiB; this one matches more: filter, or read pages"
                            .formatted(tooLarge.mostRows(), tooLarge.mostBytes() >> 20))
                    .with("limit", tooLarge.mostRows()));
        }
    }

    private static void write(Exchange exchange, LiveReader<ViewRow> rows, @Nullable Set<String> fields) {
        try (OutputStream out = exchange.liveStream(Exchange.EVENT_STREAM, LONGEST_WRITE)) {
            EventStream stream = new EventStream(out).retry(RETRY_MILLISECONDS);
            boolean goesOn = true;
            while (goesOn) {
                @Nullable LiveBatch<ViewRow> batch = rows.next(exchange.settings().live().heartbeat());
                goesOn = write(batch, stream, fields, rows::isOver);
                stream.flush();
            }
        } catch (IOException gone) {
            throw new CloseConnectionException("The client has gone", gone);
        } catch (InterruptedException stopping) {
            Thread.currentThread().interrupt();
            throw new CloseConnectionException("The server stops, or the client takes nothing", stopping);
        }
    }

    /**
     * Leaves the rest of a batch when its reader is over: to who takes little at a time it would take hours, and the batch
     * that it keeps in memory is missing to others.
     *
     * @return whether more may come
     */
    private static boolean write(@Nullable LiveBatch<ViewRow> batch, EventStream stream, @Nullable Set<String> fields,
            BooleanSupplier isOver) throws IOException {
        switch (batch) {
            case null -> stream.comment();
            case LiveBatch.Now<ViewRow>(List<ViewRow> rows, String seen) -> {
                stream.event("reset", seen, NOTHING);
                for (ViewRow row : rows) {
                    if (isOver.getAsBoolean()) {
                        return true;
                    }
                    stream.event("row", seen, RowJson.row(row, fields));
                }
                stream.event("ready", seen, NOTHING);
            }
            case LiveBatch.Changed<ViewRow>(List<Change<ViewRow>> changes, String seen) -> {
                for (Change<ViewRow> change : changes) {
                    if (isOver.getAsBoolean()) {
                        return true;
                    }
                    write(change, seen, stream, fields);
                }
            }
            case LiveBatch.End<ViewRow>(LiveBatch.Reason reason) -> {
                String code = reason.name().toLowerCase(Locale.ROOT).replace('_', '-');
                stream.last("end", new JsonBytes(64).ascii("{\"code\":").string(code).ascii("}").toByteArray());
                return false;
            }
        }
        return true;
    }

    private static void write(Change<ViewRow> change, String seen, EventStream stream, @Nullable Set<String> fields)
            throws IOException {
        @Nullable ViewRow row = change.row();
        if (row == null) {
            byte[] key = new JsonBytes(64).ascii("{\"key\":").string(change.key()).ascii("}").toByteArray();
            stream.event("gone", seen, key);
        } else {
            stream.event("row", seen, RowJson.row(row, fields));
        }
    }
}
