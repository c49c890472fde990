package io.ritsem.runtime.journal;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Predicate;
import java.util.regex.Pattern;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigException;

/**
 * Where the database is and how it is used: {@code ritsem.runtime.database} of the configuration.
 *
 * @param url a JDBC URL of PostgreSQL
 * @param user the user, or empty if the URL names it
 * @param password the password, or empty
 * @param poolSize connections of this node
 * @param partitions into how many partitions a new journal is divided, and an existing one must be
 */
public record DatabaseSettings(String url, String user, String password, int poolSize, int partitions) {

    private static final String PATH = "ritsem.runtime.database";
    private static final int FEWEST_CONNECTIONS = 4;
    private static final int MOST_PARTITIONS = 1024;

    /** So that a server which is gone is noticed within seconds, and a replica is never written to. */
    private static final Map<String, String> ALWAYS = ordered("connectTimeout", "2", "tcpKeepAlive", "true",
            "targetServerType", "primary", "ApplicationName", "ritsem");

    /**
     * The server gives up a statement before we give up the connection, so that what we were not told of does not
     * happen later; nobody holds the horizon back by going away in the middle of a transaction; and whoever waits for a
     * lock of somebody else's gives up while there is time to find out whose row it is.
     */
    private static final String OPTIONS = "-c%20statement_timeout%3D4500%20-c%20lock_timeout%3D2000"
            + "%20-c%20idle_in_transaction_session_timeout%3D5000";

    private static final Map<String, String> AT_WORK = ordered("socketTimeout", "5", "options", OPTIONS);

    /** The URL's own options, where they begin. */
    private static final Pattern OWN_OPTIONS = Pattern.compile("(?<=[?&]options=)");

    public DatabaseSettings {
        if (!url.startsWith("jdbc:postgresql:")) {
            throw new IllegalArgumentException(
                    PATH + ".url (RITSEM_DATABASE_URL) must be a JDBC URL of PostgreSQL, such "
                            + "as jdbc:postgresql://localhost:5432/ritsem, but is '" + withoutParameters(url) + "'");
        }
        if (poolSize < FEWEST_CONNECTIONS) {
            throw new IllegalArgumentException(
                    "%s.pool-size must be at least %d, but is %d".formatted(PATH, FEWEST_CONNECTIONS, poolSize));
        }
        if (partitions < 1 || partitions > MOST_PARTITIONS) {
            throw new IllegalArgumentException(
                    "%s.partitions must be 1 to %d, but is %d".formatted(PATH, MOST_PARTITIONS, partitions));
        }
    }

    /**
     * Reads {@code ritsem.runtime.database}.
     *
     * @param root the whole configuration
     * @throws IllegalArgumentException if it is not right; the message names the key
     */
    public static DatabaseSettings from(Config root) {
        return new DatabaseSettings(read(root, "url", Config::getString), read(root, "user", Config::getString),
                read(root, "password", Config::getString), read(root, "pool-size", Config::getInt),
                read(root, "partitions", Config::getInt));
    }

    private interface Reading<T> {
        T of(Config config, String path);
    }

    private static <T> T read(Config root, String key, Reading<T> reading) {
        try {
            return reading.of(root, PATH + '.' + key);
        } catch (ConfigException wrong) {
            throw new IllegalArgumentException(wrong.getMessage(), wrong);
        }
    }

    /** The URL for the pool, with the parameters and options that it does not set itself: of two, the server takes the last. */
    String urlAtWork() {
        String given = OWN_OPTIONS.matcher(url).replaceFirst(OPTIONS + "%20");
        return with(with(given, ALWAYS), AT_WORK);
    }

    /** The URL for migrations, which may take their time. */
    String urlForMigrations() {
        return with(url, ALWAYS);
    }

    /** The URL as it may be shown: a password may be among its parameters. */
    String shownUrl() {
        return withoutParameters(url);
    }

    private static String withoutParameters(String url) {
        int parameters = url.indexOf('?');
        return parameters < 0 ? url : url.substring(0, parameters);
    }

    private static String with(String url, Map<String, String> parameters) {
        StringBuilder complete = new StringBuilder(url);
        Predicate<String> sets = name -> url.contains('?' + name + '=') || url.contains('&' + name + '=');
        parameters.forEach((name, value) -> {
            if (!sets.test(name)) {
                complete.append(complete.indexOf("?") < 0 ? '?' : '&').append(name).append('=').append(value);
            }
        });
        return complete.toString();
    }

    private static Map<String, String> ordered(String... namesAndValues) {
        Map<String, String> parameters = new LinkedHashMap<>();
        for (int i = 0; i < namesAndValues.length; i += 2) {
            parameters.put(namesAndValues[i], namesAndValues[i + 1]);
        }
        return parameters;
    }

    /** Without what is secret. */
    @Override public String toString() {
        return "DatabaseSettings[url=%s, user=%s, poolSize=%d, partitions=%d]".formatted(shownUrl(), user, poolSize,
                partitions);
    }
}
