package io.ritsem.chaos.fault;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;

/**
 * Lets every node believe that it has the lease of every cursor, of the very same epoch, so that only the position of a
 * cursor is left to tell them apart. A node asks for leases by its own id; here, once it is told to, an operator of the
 * same name as PostgreSQL's own finds all ids equal. Stateless.
 */
public final class SharedLeases {

    /** Lets what is in the schema public hide what PostgreSQL itself has, for connections that come later. */
    public static final String PUBLIC_FIRST = """
                                              DO $$ BEGIN EXECUTE format('ALTER DATABASE %I SET search_path = public, pg_catalog',
                                              current_database()); END $$""";

    private static final List<String> PREPARATION = List.of(
            """
            CREATE TABLE public.chaos_leases AS SELECT false AS shared""",
            """
            CREATE FUNCTION public.chaos_same_owner(uuid, uuid) RETURNS boolean LANGUAGE sql STABLE AS
            'SELECT (SELECT shared FROM public.chaos_leases) OR coalesce($1 OPERATOR(pg_catalog.=) $2, false)'""",
            """
            CREATE OPERATOR public.= (LEFTARG = uuid, RIGHTARG = uuid, FUNCTION = public.chaos_same_owner)""",
            PUBLIC_FIRST);

    private SharedLeases() {}

    /** Makes it possible, for connections that come later; so far, leases are what they are. */
    public static void prepare(String url) throws SQLException {
        try (Connection connection = DriverManager.getConnection(url);
                Statement statement = connection.createStatement()) {
            for (String sql : PREPARATION) {
                statement.execute(sql);
            }
        }
    }

    /** Gives every lease to everybody, from now on. */
    public static void share(String url) throws SQLException {
        try (Connection connection = DriverManager.getConnection(url);
                Statement statement = connection.createStatement()) {
            statement.execute("UPDATE public.chaos_leases SET shared = true");
        }
    }

    /** How many owners the cursors have had, the one that has had the most. */
    public static long owners(String url) throws SQLException {
        try (Connection connection = DriverManager.getConnection(url);
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("SELECT max(lease_epoch) FROM ritsem.view_cursor")) {
            row.next();
            return row.getLong(1);
        }
    }
}
