package io.ritsem.http.server;

import java.io.OutputStream;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;

import io.helidon.http.Header;
import io.helidon.http.HeaderName;
import io.helidon.http.HeaderNames;
import io.helidon.http.HeaderValues;
import io.helidon.http.Status;
import io.helidon.webserver.http.RoutingResponse;
import io.helidon.webserver.http.ServerRequest;
import org.jspecify.annotations.Nullable;

import io.ritsem.http.problem.InvalidInput;
import io.ritsem.http.problem.Problem;
import io.ritsem.http.problem.ProblemException;
import io.ritsem.runtime.gateway.CommandRequest.Caller;
import io.ritsem.runtime.gateway.UnavailableException;

/** One request and its answer. Confined to the connection's thread. */
public final class Exchange {

    public static final String JSON = "application/json";
    public static final String NDJSON = "application/x-ndjson";
    public static final String EVENT_STREAM = "text/event-stream";
    public static final HeaderName CONSISTENCY_TOKEN = HeaderNames.create("Consistency-Token");

    private static final Header JSON_CONTENT = HeaderValues.createCached(HeaderNames.CONTENT_TYPE, JSON);
    private static final Header PROBLEM_CONTENT = HeaderValues.createCached(HeaderNames.CONTENT_TYPE,
            Problem.MEDIA_TYPE);
    private static final HeaderName TRACEPARENT = HeaderNames.create("traceparent");
    private static final HeaderName CORRELATION = HeaderNames.create("Correlation-Id");
    private static final int LONGEST_CORRELATION = 255;

    private final ServerRequest request;
    private final RoutingResponse response;
    private final HttpSettings settings;
    private final ByteBudget budget;
    private final Farewell farewell;
    private final RequestBody body;
    private final List<String> segments;
    private Router.@Nullable Template template;
    private @Nullable TraceContext trace;
    private @Nullable QueryString query;
    private @Nullable Instant deadline;
    private boolean last;
    private boolean mayHaveStored;

    Exchange(ServerRequest request, RoutingResponse response, HttpSettings settings, ByteBudget budget,
            Farewell farewell) {
        this.request = request;
        this.response = response;
        this.settings = settings;
        this.budget = budget;
        this.farewell = farewell;
        this.body = new RequestBody(request, settings.body(), budget.share());
        this.segments = Router.split(request.prologue().uriPath().rawPath());
    }

    String method() {
        return request.prologue().method().text();
    }

    List<String> segments() {
        return segments;
    }

    void matched(Router.Template matched) {
        template = matched;
    }

    /**
     * The text of a variable of the route's path.
     *
     * @throws ProblemException 400 if it is not well-formed
     */
    public String variable(String name) {
        if (template == null) {
            throw new IllegalStateException("No route was matched");
        }
        @Nullable String text = Percent.decodeSegment(segments.get(template.indexOf(name)));
        if (text == null) {
            throw new ProblemException(Problem.invalidRequest(List.of(
                    InvalidInput.path(name, "must be percent-encoded UTF-8, such as %C3%AB for ë"))));
        }
        return text;
    }

    /** The path, as it was sent. */
    public String rawPath() {
        return request.prologue().uriPath().rawPath();
    }

    /** The parameters; what is malformed is among its errors. */
    public QueryString query() {
        QueryString parsed = query == null
                ? QueryString.parse(request.prologue().hasQuery() ? request.prologue().query().rawValue() : null)
                : query;
        query = parsed;
        return parsed;
    }

    /** The value of a header, or null; several are joined with commas. */
    public @Nullable String header(HeaderName name) {
        if (!request.headers().contains(name)) {
            return null;
        }
        List<String> all = request.headers().values(name);
        return all.size() == 1 ? all.getFirst() : String.join(",", all);
    }

    /** The values of a header that may be repeated. */
    public List<String> headers(HeaderName name) {
        return request.headers().contains(name) ? request.headers().values(name) : List.of();
    }

    /** Until when this is to be answered; it starts when it is first asked for. */
    public Instant deadline() {
        Instant until = deadline == null ? Instant.now().plus(settings.requestTimeout()) : deadline;
        deadline = until;
        return until;
    }

    /** How long until then; not positive if it has passed. */
    public Duration timeLeft() {
        return Duration.between(Instant.now(), deadline());
    }

    /** 32 hexadecimal digits: under which a failure of this is logged. */
    public String traceId() {
        return trace().traceId();
    }

    private TraceContext trace() {
        TraceContext read = trace == null ? TraceContext.of(header(TRACEPARENT)) : trace;
        trace = read;
        return read;
    }

    /** Who sends this, and in what connection. What is wrong with it joins the errors. */
    public Caller caller(List<InvalidInput> errors) {
        @Nullable String correlation = header(CORRELATION);
        if (correlation != null && !isPrintable(correlation)) {
            errors.add(InvalidInput.header(CORRELATION.defaultCase(), "must have 1 to 255 printable ASCII characters"));
        }
        @Nullable String traceparent = header(TRACEPARENT);
        return correlation == null && traceparent == null
                ? Caller.UNKNOWN
                : new Caller(null, correlation, trace().traceparent());
    }

    private static boolean isPrintable(String text) {
        return !text.isEmpty() && text.length() <= LONGEST_CORRELATION
                && text.chars().allMatch(c -> c >= ' ' && c <= '~');
    }

    /** @throws ProblemException 406 if the client does not take this media type */
    public void requireAcceptable(String mediaType) {
        if (!MediaRanges.accept(header(HeaderNames.ACCEPT), mediaType)) {
            throw new ProblemException(Problem.of(406, "not-acceptable", "The answer is " + mediaType
                    + ", which the header Accept does not allow"));
        }
    }

    /**
     * Which of two media types the client wants; the usual one if it does not mind.
     *
     * @throws ProblemException 406 if it takes neither
     */
    public String acceptable(String usual, String other) {
        @Nullable String accept = header(HeaderNames.ACCEPT);
        if (MediaRanges.weight(accept, other) > MediaRanges.weight(accept, usual)) {
            return other;
        }
        if (!MediaRanges.accept(accept, usual)) {
            throw new ProblemException(Problem.of(406, "not-acceptable",
                    "The answer is %s or %s, which the header Accept does not allow".formatted(usual, other)));
        }
        return usual;
    }

    /**
     * The body of a request that takes JSON; empty if there is none. The budget holds it until the answer is written.
     *
     * @throws ProblemException 415, 413, 503 or 408
     */
    public byte[] jsonBody() {
        @Nullable String type = header(HeaderNames.CONTENT_TYPE);
        if (type != null ? !MediaRanges.isJson(type) : body.isPresent()) {
            throw unsupported(JSON, type);
        }
        return body.bytes();
    }

    /**
     * The body as a stream.
     *
     * @throws ProblemException 415 if it is of another media type
     */
    public BodyStream streamBody(String mediaType) {
        @Nullable String type = header(HeaderNames.CONTENT_TYPE);
        if (type == null || !MediaRanges.is(type, mediaType)) {
            throw unsupported(mediaType, type);
        }
        GuardedConnection.current().startStreaming();
        return body::stream;
    }

    /** A body as it comes in. */
    @FunctionalInterface
    public interface BodyStream {

        /**
         * Reads at least one byte; -1 at the end.
         *
         * @throws ProblemException if it is malformed
         */
        int read(byte[] buffer, int offset, int length);
    }

    private static ProblemException unsupported(String wanted, @Nullable String type) {
        return new ProblemException(
                Problem.of(415, "unsupported-media-type", "The body must be %s in UTF-8, but the header Content-Type %s"
                        .formatted(wanted, type == null ? "is missing" : "says " + Problem.shown(type))));
    }

    /** To be called before a command is sent, or an action begun: a failure from here on must not deny that it was done. */
    public void sendsCommands() {
        mayHaveStored = true;
    }

    boolean mayHaveStored() {
        return mayHaveStored;
    }

    /**
     * Waits for an answer of the runtime, which itself sees to it that there is one by the deadline.
     *
     * @throws UnavailableException if there is none, or the server stops
     */
    public <T extends @Nullable Object> T await(CompletionStage<T> stage) {
        try {
            return stage.toCompletableFuture().get();
        } catch (InterruptedException stopping) {
            Thread.currentThread().interrupt();
            throw new UnavailableException("stopping");
        } catch (ExecutionException failed) {
            throw failed.getCause() instanceof RuntimeException cause ? cause
                    : new IllegalStateException(failed.getCause());
        }
    }

    /** Adds a header to the answer. */
    public Exchange set(HeaderName name, String value) {
        response.header(HeaderValues.create(name, value));
        return this;
    }

    /** Answers with JSON. */
    public void sendJson(int status, byte[] json) {
        send(status, JSON_CONTENT, json);
    }

    /** Answers with something else. */
    public void send(int status, String mediaType, byte[] content) {
        send(status, HeaderValues.create(HeaderNames.CONTENT_TYPE, mediaType), content);
    }

    /** Answers with a problem. */
    public void send(Problem problem) {
        if (problem.retryAfter() > 0) {
            set(HeaderNames.RETRY_AFTER, Integer.toString(problem.retryAfter()));
        }
        send(problem.status(), PROBLEM_CONTENT, problem.toJson(traceId()));
    }

    private void send(int status, Header contentType, byte[] content) {
        boolean goesOn = begin(status);
        response.header(contentType);
        response.header(HeaderValues.X_CONTENT_TYPE_OPTIONS_NOSNIFF);
        if (isHead()) {
            response.header(HeaderValues.create(HeaderNames.CONTENT_LENGTH, content.length));
            response.send();
        } else {
            response.send(content);
        }
        end(goesOn);
    }

    /** Whether the connection may be used again if the body that nobody wants ends soon. */
    private boolean begin(int status) {
        boolean goesOn = body.canBeDiscarded() && !farewell.isSaid();
        if (!goesOn) {
            response.header(HeaderValues.CONNECTION_CLOSE);
        }
        response.status(Status.create(status));
        return goesOn;
    }

    /** After the answer, so that who is refused hears it at once and not after the body that nobody wants. */
    private void end(boolean goesOn) {
        last = !goesOn || !body.discard();
    }

    /** Answers with 200 and a stream; whoever opens it closes it. */
    public OutputStream stream(String mediaType) {
        GuardedConnection.current().startStreaming();
        if (farewell.isSaid()) {
            response.header(HeaderValues.CONNECTION_CLOSE);
            last = true;
        }
        response.header(HeaderValues.create(HeaderNames.CONTENT_TYPE, mediaType));
        response.header(HeaderValues.X_CONTENT_TYPE_OPTIONS_NOSNIFF);
        return response.outputStream();
    }

    /**
     * Answers with 200 and a stream that lasts as long as the client takes it; whoever opens it closes it.
     *
     * @param longestWrite after which a client that takes nothing is cut off, in a quarter of a minute more at most
     */
    public OutputStream liveStream(String mediaType, Duration longestWrite) {
        GuardedConnection.current().limitWrites(longestWrite);
        return stream(mediaType);
    }

    /** Whether only the headers are wanted. */
    public boolean isHead() {
        return method().equals("HEAD");
    }

    /** Whether the server stops: this is still answered for a while, but what has no end should come to one. */
    public boolean isStopping() {
        return farewell.isSaid();
    }

    /** The connection is closed after this, although its answer has begun without saying so. */
    public void endConnection() {
        last = true;
    }

    /** The same limits for what has no exchange of its own, such as a line of a bulk request. */
    public HttpSettings settings() {
        return settings;
    }

    /** Of which everything is to be taken that a client can make large. */
    public ByteBudget budget() {
        return budget;
    }

    /** The request is over: what it held is free for others. */
    void giveBack() {
        body.giveBack();
    }

    void sendNothing(int status, String allow) {
        response.header(HeaderValues.create(HeaderNames.ALLOW, allow));
        boolean goesOn = begin(status);
        response.send();
        end(goesOn);
    }

    /** Whether the connection is to be closed after this. */
    boolean isLast() {
        return last || request.headers().containsToken(HeaderValues.CONNECTION_CLOSE);
    }

    boolean isAnswered() {
        return response.hasEntity();
    }
}
