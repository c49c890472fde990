package io.ritsem.postgres;

import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;

/**
 * Thread-safe. A running PostgreSQL server on a free loopback port, unless it is given a place, with the durability of production: every commit is fsynced. It
 * speaks TCP only and trusts everyone on this machine, so it is for tests and trials. A server outlives a killed JVM: the next one started in its folder, or the next temporary one of the
 * same user, stops it first.
 */
public final class EmbeddedDatabase implements AutoCloseable {

    private static final Duration START_LIMIT = Duration.ofSeconds(60);
    private static final String USER = "postgres";

    private static final Map<String, String> SERVER = Map.ofEntries(Map.entry("fsync", "on"),
            Map.entry("synchronous_commit", "on"),
            Map.entry("full_page_writes", "on"), Map.entry("max_connections", "300"),
            Map.entry("shared_buffers", "256MB"),
            Map.entry("max_wal_size", "2GB"), Map.entry("timezone", "UTC"), Map.entry("log_timezone", "UTC"),
            // A socket file would outlive a killed server; the quotes are for the shell that pg_ctl calls.
            Map.entry("unix_socket_directories", "''"));

    /** Text sorts and folds alike on every machine, whatever its locale. */
    private static final Map<String, String> LOCALE = Map.of("locale-provider", "builtin", "builtin-locale", "C.UTF-8",
            "locale", "C");

    private final DatabaseFolder folder;
    private final boolean deleteAtClose;
    private final Closeable server;
    private final Place place;
    private final AtomicInteger databases = new AtomicInteger();
    private final AtomicBoolean closed = new AtomicBoolean();

    private EmbeddedDatabase(DatabaseFolder folder, boolean deleteAtClose, Closeable server, Place place) {
        this.folder = folder;
        this.deleteAtClose = deleteAtClose;
        this.server = server;
        this.place = place;
    }

    /** The one server of this JVM, started at the first call and stopped when the JVM ends; do not close it. */
    public static EmbeddedDatabase shared() {
        return Shared.SERVER;
    }

    /** A new server whose data is deleted when it is closed. */
    public static EmbeddedDatabase temporary() {
        return using("a temporary folder", () -> open(DatabaseFolder.temporary(), true));
    }

    /** A new server at another place, which trusts all in its networks; its data is deleted when it is closed. */
    public static EmbeddedDatabase temporary(Place place) {
        EmbeddedDatabase made = temporary();
        return using(place.address(), () -> {
            made.server.close();
            made.folder.trustNeighbours();
            return started(made.folder, place, SERVER);
        });
    }

    /**
     * A copy of this server at another place, which follows it from now on: no commit is acknowledged that is not there,
     * too, so that while it is away nothing is. This server is stopped and started again for it.
     */
    public EmbeddedDatabase standby(Place other) {
        return using(other.address(), () -> {
            folder.stop();
            DatabaseFolder copy = folder.standbyOf(place);
            Map<String, String> synchronous = new HashMap<>(SERVER);
            synchronous.put("synchronous_standby_names", "'*'");
            folder.restart(START_LIMIT, place, options(place, synchronous));
            return started(copy, other, SERVER);
        });
    }

    /** In a folder with data, which it takes and deletes when it is closed. */
    private static EmbeddedDatabase started(DatabaseFolder folder, Place place, Map<String, String> settings)
            throws IOException, InterruptedException {
        boolean started = false;
        try {
            folder.restart(START_LIMIT, place, options(place, settings));
            started = true;
            return new EmbeddedDatabase(folder, true, folder::stop, place);
        } finally {
            if (!started) {
                folder.stopLeftover();
                folder.release(true);
            }
        }
    }

    private static String options(Place place, Map<String, String> settings) {
        return settings.entrySet()
                .stream()
                .map(setting -> " -c " + setting.getKey() + "=" + setting.getValue())
                .collect(Collectors.joining("", "-p " + place.port() + " -c listen_addresses=" + place.address(), ""));
    }

    /** Makes of a standby the server that is written to, whatever has become of the one that it followed. */
    public void promote() {
        try (Connection connection = DriverManager.getConnection(jdbcUrl());
                Statement statement = connection.createStatement()) {
            statement.execute("SELECT pg_promote(true, " + START_LIMIT.toSeconds() + ")");
        } catch (SQLException e) {
            throw new EmbeddedDatabaseException("Cannot promote " + jdbcUrl() + ": " + e.getMessage(), e);
        }
    }

    /**
     * A server that keeps its data in this folder, made when absent. A server that a killed process left running there is stopped first.
     *
     * @throws EmbeddedDatabaseException when a living process uses the folder, or the server does not start
     */
    public static EmbeddedDatabase at(Path folder) {
        return using(folder.toString(), () -> open(DatabaseFolder.at(folder), false));
    }

    /**
     * Deletes what {@link #at} keeps in this folder; a folder that is not there is no error.
     *
     * @throws EmbeddedDatabaseException when {@link #at} did not make the folder, or a living process uses it
     */
    public static void delete(Path folder) {
        using(folder.toString(), () -> {
            DatabaseFolder.delete(folder);
            return folder;
        });
    }

    /** The server's first database ({@code postgres}), user included. */
    public String jdbcUrl() {
        return jdbcUrlOf("postgres");
    }

    /** The address at which it listens. */
    public String host() {
        return place.address();
    }

    public int port() {
        return place.port();
    }

    /** Makes an empty database that no one else uses, and returns its JDBC URL, user included. */
    public String createDatabase() {
        String name = "ritsem_" + databases.incrementAndGet();
        try (Connection connection = DriverManager.getConnection(jdbcUrl());
                Statement statement = connection.createStatement()) {
            statement.execute("CREATE DATABASE " + name);
            return jdbcUrlOf(name);
        } catch (SQLException e) {
            throw new EmbeddedDatabaseException("Cannot create the database " + name + ": " + e.getMessage(), e);
        }
    }

    /**
     * Sends the server away at once, without a checkpoint, for a process that cannot wait; nothing committed is lost. The
     * folder stays as it is.
     */
    public void stopNow() {
        atServer(Postmaster::stopNow);
    }

    /** Ends the server and its sessions with SIGKILL, as a power cut would; returns when they are gone. */
    public void kill() {
        atServer(Postmaster::kill);
    }

    /** Stops the server and its sessions with SIGSTOP: they keep what they have and answer nothing. */
    public void freeze() {
        atServer(Postmaster::freeze);
    }

    /** Lets a frozen server go on. */
    public void thaw() {
        atServer(Postmaster::thaw);
    }

    /** Whether the server's process is there, answering or not. */
    public boolean isRunning() {
        return using(folder.data().toString(), () -> Postmaster.in(folder.data()).isPresent());
    }

    /**
     * Starts a server that was killed, or ended by itself, in the same folder and on the same port; returns when it
     * accepts connections.
     *
     * @throws EmbeddedDatabaseException when it does not within 60 seconds
     */
    public void startAgain() {
        using(folder.data().toString(), () -> {
            folder.restart(START_LIMIT, place, "");
            return folder;
        });
    }

    private void atServer(Order order) {
        using(folder.data().toString(), () -> {
            Optional<Postmaster> running = Postmaster.in(folder.data());
            if (running.isPresent()) {
                order.to(running.get());
            }
            return folder;
        });
    }

    @FunctionalInterface
    private interface Order {
        void to(Postmaster server) throws IOException, InterruptedException;
    }

    /** Stops the server and ends its sessions; returns when it is gone. */
    @Override public void close() {
        if (closed.compareAndSet(false, true)) {
            using(folder.data().toString(), () -> {
                server.close();
                folder.stopLeftover();
                folder.release(deleteAtClose);
                return folder;
            });
        }
    }

    private String jdbcUrlOf(String database) {
        return "jdbc:postgresql://" + place.address() + ":" + place.port() + "/" + database + "?user=" + USER;
    }

    private static EmbeddedDatabase open(DatabaseFolder folder, boolean deleteAtClose)
            throws IOException, InterruptedException {
        boolean started = false;
        try {
            EmbeddedPostgres server = start(folder);
            folder.markComplete();
            started = true;
            return new EmbeddedDatabase(folder, deleteAtClose, server, Place.loopback(server.getPort()));
        } finally {
            if (!started) {
                folder.stopLeftover();
                folder.release(deleteAtClose);
            }
        }
    }

    private static EmbeddedPostgres start(DatabaseFolder folder) throws IOException {
        ProcessBuilder.Redirect log = ProcessBuilder.Redirect.appendTo(folder.log().toFile());
        // The caller decides when the server stops: a shutdown hook of its own would take it away under a node that is still stopping.
        EmbeddedPostgres.Builder builder = EmbeddedPostgres.builder()
                .setDataDirectory(folder.data())
                .setCleanDataDirectory(false)
                .setRegisterShutdownHook(false)
                .setPGStartupWait(START_LIMIT)
                .setOutputRedirector(log)
                .setErrorRedirector(log);
        SERVER.forEach(builder::setServerConfig);
        LOCALE.forEach(builder::setLocaleConfig);
        try {
            return builder.start();
        } catch (IOException | IllegalStateException e) {
            throw new EmbeddedDatabaseException(
                    "PostgreSQL did not start in " + folder.data() + ": " + e.getMessage() + lastWords(folder), e);
        }
    }

    private static String lastWords(DatabaseFolder folder) throws IOException {
        if (!Files.exists(folder.log())) {
            return "";
        }
        String log = Files.readString(folder.log());
        return "\n" + log.substring(Math.max(0, log.length() - 1000)).strip();
    }

    private static <T> T using(String what, Attempt<T> attempt) {
        try {
            return attempt.run();
        } catch (IOException e) {
            throw new EmbeddedDatabaseException("Cannot use " + what + " for PostgreSQL: " + e, e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new EmbeddedDatabaseException("Interrupted while PostgreSQL in " + what + " was starting or stopping",
                    e);
        }
    }

    @FunctionalInterface
    private interface Attempt<T> {
        T run() throws IOException, InterruptedException;
    }

    /** Initialised by the first call of {@link EmbeddedDatabase#shared}. */
    private static final class Shared {

        static final EmbeddedDatabase SERVER = start();

        private static EmbeddedDatabase start() {
            EmbeddedDatabase server = temporary();
            Runtime.getRuntime().addShutdownHook(new Thread(server::close, "ritsem-shared-postgres-stop"));
            return server;
        }
    }
}
