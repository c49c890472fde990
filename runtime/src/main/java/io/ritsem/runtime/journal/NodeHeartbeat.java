package io.ritsem.runtime.journal;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import javax.sql.DataSource;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import io.ritsem.runtime.application.ApplicationModel;

import static java.util.stream.Collectors.joining;

/**
 * Writes this node's row in the database every second, on a thread of its own: whoever wants to know whether the database
 * takes writes at this moment asks here, and other nodes see who is at work and what it can read. Thread-safe.
 */
public final class NodeHeartbeat implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(NodeHeartbeat.class);
    private static final Duration EVERY = Duration.ofSeconds(1);
    private static final Duration TO_STOP = Duration.ofSeconds(5);

    /** Longer than a quick crash of the database lasts, and than a beat that waits for its answer in vain, and the next. */
    private static final Duration LATELY = Duration.ofSeconds(8);

    /** Then beats have been missed. */
    private static final Duration LATE = EVERY.multipliedBy(3);

    /** By so much a clock has to be wrong to be spoken of: deadlines are told between nodes as times of the day. */
    private static final Duration OUT_OF_STEP = Duration.ofSeconds(1);

    /** Rows of nodes that were killed are of no use to anybody after so long. */
    private static final List<String> FORGET = List.of(
            "DELETE FROM ritsem.node WHERE seen < now() - interval '1 day'",
            "DELETE FROM ritsem.given_up WHERE given_up < now() - interval '30 days'");

    private static final String BEAT = """
                                       INSERT INTO ritsem.node AS own (node, process, reads, member) VALUES (?::uuid, ?, string_to_array(?, ' '), ?)
                                       ON CONFLICT (node) DO UPDATE SET seen = now(), member = coalesce(excluded.member, own.member)
                                       RETURNING clock_timestamp(), EXISTS (SELECT FROM ritsem.given_up WHERE member = ?),
                                         ARRAY(SELECT member FROM ritsem.given_up WHERE member = ANY (string_to_array(?, ' ')))""";

    private static final String END = "DELETE FROM ritsem.node WHERE node = ?::uuid";

    private final Database database;
    private final DataSource dataSource;
    private final String process;
    private final String reads;
    private final Clock wallClock;
    private final String node = UUID.randomUUID().toString();
    private final MemberTable members;
    private final ScheduledExecutorService clock = Executors
            .newSingleThreadScheduledExecutor(Thread.ofPlatform().name("ritsem-heartbeat").daemon().factory());
    private @Nullable Connection kept; // by one thread at a time: who starts it, the clock's, who closes it
    private volatile long written;
    private volatile long writingSince;
    private volatile boolean inTrouble = true;
    private volatile @Nullable String name; // in a cluster
    private volatile boolean joined;
    private volatile boolean givenUp;
    private volatile long told = System.nanoTime() - Duration.ofDays(1).toNanos();
    private final Sightings sightings = new Sightings();
    private boolean outOfStep;
    private volatile ClockOfDatabase clockOfDatabase = new ClockOfDatabase(Instant.EPOCH, System.nanoTime());

    private NodeHeartbeat(Database database, String process, String reads, Clock wallClock) {
        this.wallClock = wallClock;
        this.database = database;
        this.dataSource = database.dataSource();
        this.members = new MemberTable(dataSource, node);
        this.process = process;
        this.reads = reads;
    }

    /**
     * Begins, with a first beat.
     *
     * @param process host and process id, for people to see
     */
    public static NodeHeartbeat start(Database database, String process, ApplicationModel application) {
        return start(database, process, application, Clock.systemUTC());
    }

    static NodeHeartbeat start(Database database, String process, ApplicationModel application, Clock wallClock) {
        NodeHeartbeat heartbeat = new NodeHeartbeat(database, process, readable(application), wallClock);
        try {
            for (String forget : FORGET) {
                heartbeat.write(forget);
            }
            heartbeat.beatOnce();
        } catch (SQLException failure) {
            heartbeat.clock.shutdownNow();
            throw new DatabaseUnreachableException("The database does not take writes: " + failure.getMessage(),
                    failure);
        }
        var _ = heartbeat.clock.scheduleWithFixedDelay(heartbeat::beat, EVERY.toMillis(), EVERY.toMillis(),
                TimeUnit.MILLISECONDS);
        return heartbeat;
    }

    /** Names without blanks, so they travel as one text. */
    private static String readable(ApplicationModel application) {
        return application.entities()
                .values()
                .stream()
                .flatMap(model -> model.readable()
                        .stream()
                        .map(event -> new EventManifest(model.type(), event.event(), event.version()).toString()))
                .sorted()
                .collect(joining(" "));
    }

    /** Whether a write succeeded within the last seconds. */
    public boolean hasWrittenLately() {
        return silentFor().compareTo(LATELY) < 0;
    }

    /** Who is a member of a cluster, as this node tells the database, and is told. */
    public MemberTable members() {
        return members;
    }

    /**
     * Who this node will be in a cluster: from now on each beat asks whether the others have given it up.
     *
     * @param name its address and its run
     */
    public void runsAs(String name) {
        this.name = name;
    }

    /** It is a member of a cluster now: others are told with the next beat. */
    public void joined() {
        joined = true;
    }

    /** These members go on, as far as this node knows: each beat asks of them, too. To be told again and again. */
    public void sees(Set<String> members) {
        sightings.add(members);
    }

    /** Whether a beat has found that its cluster goes on without this node, or that this is not its cluster. */
    public boolean isGivenUp() {
        return givenUp || sightings.areOfAnotherCluster();
    }

    /** Whether the database was not asked yet of all whom this node sees, or one of them was given up and is still seen. */
    public boolean isInDoubt() {
        return sightings.areInDoubt();
    }

    /** How long ago the database was asked whether this node was given up, and has answered; a day and more if it never was. */
    public Duration untoldFor() {
        return Duration.ofNanos(System.nanoTime() - told);
    }

    /** For how long every write has succeeded, and in time; zero if one has failed since, or is late. */
    public Duration writingFor() {
        return inTrouble || silentFor().compareTo(LATE) > 0
                ? Duration.ZERO
                : Duration.ofNanos(written - writingSince);
    }

    /** For how long none has succeeded although it was tried; zero if none has failed since the last that has. */
    public Duration failingFor() {
        return inTrouble ? silentFor() : Duration.ZERO;
    }

    /** For how long none has succeeded. */
    public Duration silentFor() {
        return Duration.ofNanos(System.nanoTime() - written);
    }

    private void beat() {
        try {
            long before = written;
            beatOnce();
            if (inTrouble || written - before > LATE.toNanos()) {
                writingSince = written;
            }
            inTrouble = false;
        } catch (SQLException | RuntimeException | Error failure) { // whatever is thrown would end the beats
            if (!inTrouble) {
                LOG.warn("The node's heartbeat cannot be written: {}", failure.toString());
            }
            inTrouble = true;
        }
    }

    /** On a connection of its own, so that it says of the database what is so, however busy the pool is. */
    private void beatOnce() throws SQLException {
        @Nullable Connection before = kept;
        Connection own = before == null ? connected() : before;
        kept = own;
        try (PreparedStatement beat = own.prepareStatement(BEAT)) {
            @Nullable String asked = name;
            Set<String> members = sightings.members();
            fill(beat, node, process, reads, joined ? asked : null, asked, String.join(" ", members));
            long begun = System.nanoTime();
            beat.execute();
            sightings.answered(members, begun, learnFrom(beat));
            written = System.nanoTime();
            told = asked == null ? told : begun;
            compareClocks(clockOfDatabase.time(), wallClock.instant());
        } catch (SQLException | RuntimeException | Error failure) {
            giveBack();
            throw failure;
        }
    }

    /** Only the server itself has to store the beats: who waits for a standby that is away is at work, and can be read from. */
    private Connection connected() throws SQLException {
        Connection own = database.ownConnection();
        try (Statement statement = own.createStatement()) {
            statement.execute("SET synchronous_commit = local");
            return own;
        } catch (SQLException failure) {
            own.close();
            throw failure;
        }
    }

    /** Says once that this machine's clock or the server's is wrong, and once that neither is any more. */
    private void compareClocks(Instant server, Instant own) {
        Duration ahead = Duration.between(server, own);
        boolean wrong = ahead.abs().compareTo(OUT_OF_STEP) > 0;
        if (wrong && !outOfStep) {
            LOG.warn(
                    "The clock of this machine shows {}, and that of the database {}: keep them in step, or commands from "
                            + "other nodes are refused too early, or decided too late",
                    own, server);
        } else if (outOfStep && !wrong) {
            LOG.warn("The clock of this machine and that of the database are in step again");
        }
        outOfStep = wrong;
    }

    private void giveBack() {
        @Nullable Connection own = kept;
        kept = null;
        if (own != null) {
            try {
                own.close();
            } catch (SQLException broken) {
                LOG.debug("It was broken already", broken);
            }
        }
    }

    private void write(String sql, String... parameters) throws SQLException {
        try (Connection connection = dataSource.getConnection();
                PreparedStatement statement = connection.prepareStatement(sql)) {
            fill(statement, parameters);
            statement.execute();
        }
    }

    private static void fill(PreparedStatement statement, @Nullable String... parameters) throws SQLException {
        for (int i = 0; i < parameters.length; i++) {
            statement.setString(i + 1, parameters[i]);
        }
    }

    /** Returns those of the members of whom it asked that were given up. */
    private List<String> learnFrom(PreparedStatement beat) throws SQLException {
        try (ResultSet row = beat.getResultSet()) {
            row.next();
            clockOfDatabase = new ClockOfDatabase(row.getObject(1, OffsetDateTime.class).toInstant(),
                    System.nanoTime());
            givenUp = row.getBoolean(2);
            return List.of((String[]) row.getArray(3).getArray());
        }
    }

    /**
     * What the database's clock showed, and a moment later in {@link System#nanoTime()}.
     */
    private record ClockOfDatabase(Instant time, long nanos) {}

    /**
     * What the database's clock shows at a moment, or a little less: the way of the last answer.
     *
     * @param nanos in {@link System#nanoTime()}
     */
    public Instant databaseTime(long nanos) {
        ClockOfDatabase last = clockOfDatabase;
        return last.time().plusNanos(nanos - last.nanos());
    }

    /** Ends, and takes the row away. */
    @Override public void close() {
        clock.shutdown();
        try {
            if (clock.awaitTermination(TO_STOP.toMillis(), TimeUnit.MILLISECONDS)) {
                giveBack();
            } else {
                LOG.warn("A heartbeat is still being written after {}", TO_STOP);
            }
            write(END, node);
        } catch (SQLException failure) {
            LOG.warn("The node's row stays, as the database cannot be reached: {}", failure.toString());
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
