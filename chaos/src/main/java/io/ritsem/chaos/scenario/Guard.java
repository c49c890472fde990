package io.ritsem.chaos.scenario;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

import io.ritsem.chaos.fault.SharedLeases;

/**
 * What keeps a promise, and how it is switched off for a run that must then fail: in the database, or by what a node is told
 * of the others, since no node has a switch for it.
 */
public enum Guard {
    /** Nothing is switched off. */
    NONE,

    /** One writer for each sequence. */
    PRIMARY_KEY("ALTER TABLE ritsem.event_journal DROP CONSTRAINT event_journal_pkey",
            "CREATE INDEX ON ritsem.event_journal (persistence_id, sequence_number)"),

    /** What is known of spent keys: without them in the journal, neither its index nor a recovered window knows any. */
    KEY_WINDOW_AND_INDEX("DROP INDEX ritsem.event_journal_command_key",
            """
            CREATE FUNCTION ritsem.chaos_forget() RETURNS trigger LANGUAGE plpgsql AS $$
            BEGIN NEW.command_key := NULL; RETURN NEW; END $$""",
            """
            CREATE TRIGGER chaos_forget BEFORE INSERT ON ritsem.event_journal
            FOR EACH ROW EXECUTE FUNCTION ritsem.chaos_forget()"""),

    /**
     * A view's cursor moves only from where it is thought to stand, and under the lease that it is thought to be under:
     * here, places and leases become numerics, of which an operator that hides PostgreSQL's own finds any two equal.
     */
    COMPARE_AND_SET("""
                    ALTER TABLE ritsem.view_cursor ALTER transaction_id TYPE numeric, ALTER ordering TYPE numeric,
                    ALTER lease_epoch TYPE numeric""",
            """
            CREATE FUNCTION public.chaos_same_place(numeric, numeric) RETURNS boolean LANGUAGE sql IMMUTABLE AS
            'SELECT true'""",
            """
            CREATE OPERATOR public.= (LEFTARG = numeric, RIGHTARG = numeric, FUNCTION = public.chaos_same_place)""",
            SharedLeases.PUBLIC_FIRST),

    /** Nobody reads past a transaction that may still commit: here, a function of the same name hides PostgreSQL's own. */
    HORIZON("""
            CREATE FUNCTION public.pg_snapshot_xip(pg_snapshot) RETURNS SETOF xid8 LANGUAGE sql STABLE AS
            'SELECT null::xid8 WHERE false'""",
            """
            DO $$ BEGIN EXECUTE format('ALTER DATABASE %I SET search_path = public, pg_catalog',
            current_database()); END $$"""),

    /** What is acknowledged is on the disk of the database, and on that of its standby if it has one. */
    SYNCHRONOUS_COMMIT("""
                       DO $$ BEGIN EXECUTE format('ALTER DATABASE %I SET synchronous_commit = off',
                       current_database()); END $$"""),

    /** Who was given up by his cluster is told. */
    GIVEN_UP("""
             CREATE FUNCTION ritsem.chaos_tell_nobody() RETURNS trigger LANGUAGE plpgsql AS $$
             BEGIN RETURN NULL; END $$""",
            """
            CREATE TRIGGER chaos_tell_nobody BEFORE INSERT ON ritsem.given_up
            FOR EACH ROW EXECUTE FUNCTION ritsem.chaos_tell_nobody()"""),

    /** The nodes of a cluster find each other, so that an entity is on one of them: here, each is told to be alone. */
    ONE_CLUSTER;

    @SuppressWarnings("ImmutableEnumChecker") // a List.of
    private final List<String> statements;

    Guard(String... statements) {
        this.statements = List.of(statements);
    }

    /** As a command line names it. */
    public String option() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /**
     * The guard of this name.
     *
     * @throws IllegalArgumentException if there is none
     */
    public static Guard of(String option) {
        return Arrays.stream(values())
                .filter(guard -> guard != NONE && guard.option().equals(option))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException(
                        "There is no guard '%s' that can be switched off, only %s".formatted(option,
                                Arrays.stream(values())
                                        .filter(guard -> guard != NONE)
                                        .map(Guard::option)
                                        .collect(Collectors.joining(", ")))));
    }

    /** Switches it off in a migrated database, for the connections that come. */
    public void switchOff(String url) throws SQLException {
        try (Connection connection = DriverManager.getConnection(url);
                Statement statement = connection.createStatement()) {
            for (String sql : statements) {
                statement.execute(sql);
            }
        }
    }
}
