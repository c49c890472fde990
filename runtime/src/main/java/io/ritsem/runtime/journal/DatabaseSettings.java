package io.ritsem.runtime.journal;

import com.typesafe.config.Config;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Where the database is and how it is used: {@code ritsem.runtime.database} of the configuration.
 *
 * @param url a JDBC URL of PostgreSQL
 * @param user the user, or empty if the URL names it
 * @param password the password, or empty
 * @param poolSize connections of this node
 * @param partitions into how many partitions a new journal is divided
 */
public record DatabaseSettings(String url, String user, String password, int poolSize, int partitions) {

    private static final String PATH = "ritsem.runtime.database";

    /** So that a server which is gone is noticed within seconds, and a replica is never written to. */
    private static final Map<String, String> PARAMETERS = new LinkedHashMap<>(
            Map.of("connectTimeout", "2", "socketTimeout", "5", "tcpKeepAlive", "true", "targetServerType", "primary"));

    public DatabaseSettings {
        if (!url.startsWith("jdbc:postgresql:")) {
            throw new IllegalArgumentException(PATH + ".url (RITSEM_DATABASE_URL) must be a JDBC URL of PostgreSQL, such "
                    + "as jdbc:postgresql://localhost:5432/ritsem, but is '" + url + "'");
        }
        if (poolSize < 4) {
            throw new IllegalArgumentException(PATH + ".pool-size must be at least 4, but is " + poolSize);
        }
        if (partitions < 1 || partitions > 1024) {
            throw new IllegalArgumentException(PATH + ".partitions must be 1 to 1024, but is " + partitions);
        }
    }

    /** Reads {@code ritsem.runtime.database}. */
    public static DatabaseSettings from(Config root) {
        Config config = root.getConfig(PATH);
        return new DatabaseSettings(config.getString("url"), config.getString("user"), config.getString("password"),
                config.getInt("pool-size"), config.getInt("partitions"));
    }

    /** The URL with the parameters that it does not set itself. */
    String completeUrl() {
        StringBuilder complete = new StringBuilder(url);
        PARAMETERS.forEach((name, value) -> {
            if (!url.contains(name + "=")) {
                complete.append(complete.indexOf("?") < 0 ? '?' : '&').append(name).append('=').append(value);
            }
        });
        return complete.toString();
    }

    @Override
    public String toString() {
        return "DatabaseSettings[url=%s, user=%s, poolSize=%d, partitions=%d]".formatted(url, user, poolSize, partitions);
    }
}
