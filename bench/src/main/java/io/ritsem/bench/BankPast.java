package io.ritsem.bench;

import java.io.IOException;
import java.io.OutputStream;
import java.sql.SQLException;
import java.sql.Statement;

import org.postgresql.copy.CopyManager;
import org.postgresql.core.BaseConnection;

/**
 * Events of the bank's accounts as they would have come in, of all accounts by turns, put into a journal by SQL; the same
 * ones each time. Confined to its caller.
 */
final class BankPast extends StoredPast {

    private static final int IN_A_TRANSACTION = 1_000;

    private static final String TOTAL = """
                                        SELECT coalesce(sum((convert_from(event_payload, 'UTF8')::jsonb ->> 'amount')::numeric
                                          * CASE event_ser_manifest WHEN 'account.withdrawn/1' THEN -1 ELSE 1 END), 0)::bigint FROM ritsem.event_journal""";

    /** What a view reads, in the order in which it does. */
    private static final String COPY = """
                                       COPY (SELECT persistence_id, sequence_number, partition, transaction_id, ordering, event_ser_manifest,
                                               event_payload, event_time, caller
                                             FROM ritsem.event_journal ORDER BY partition, transaction_id, ordering) TO STDOUT""";

    private long total;

    BankPast(String url) throws SQLException {
        super(url);
    }

    /** Stores them, and settles. */
    void store(int events, int accounts) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute("SET synchronous_commit = off");
            for (int from = 0; from < events; from += IN_A_TRANSACTION) {
                statement.execute(insert(from, Math.min(from + IN_A_TRANSACTION, events) - 1, accounts));
            }
            statement.execute("RESET synchronous_commit");
        }
        settle();
        total = number(TOTAL);
    }

    /** Each turn takes every account once, in another order: both factors are primes that divide no power of ten. */
    private static String insert(int from, int to, int accounts) {
        return """
               INSERT INTO ritsem.event_journal (persistence_id, sequence_number, writer, event_ser_id, event_ser_manifest,
                 event_payload, partition, event_time, causation, command_key, command_fingerprint, command_events)
               SELECT id, sequence, 'ritsem', 0,
                 CASE WHEN sequence = 1 THEN 'account.opened/1' WHEN sequence %% 4 = 0 THEN 'account.withdrawn/1'
                      ELSE 'account.deposited/1' END,
                 convert_to(CASE WHEN sequence = 1 THEN '{"owner":"owner-' || account || '","overdraft":"0"}'
                      ELSE format('{"amount":"%%s.00","reference":"%%s"}', CASE sequence %% 4 WHEN 0 THEN 1 ELSE 1 + n %% 99 END,
                                  rpad('invoice-' || n %% 1000 || '-', 138, '-')) END, 'UTF8'),
                 crc32c(id::bytea) %% 32, clock_timestamp(), gen_random_uuid(), 'key-' || n, sha256(n::text::bytea), 1
               FROM generate_series(%d::bigint, %d) AS n,
                 LATERAL (SELECT (n * 7919 + n / %3$d * 104729) %% %3$d AS account, n / %3$d + 1 AS sequence) AS turn,
                 LATERAL (SELECT 'account|' || account AS id) AS entity"""
                .formatted(from, to, accounts);
    }

    /** The money in all accounts. */
    long total() {
        return total;
    }

    /** Reads all events out, and returns how many they were. */
    long copy() throws SQLException, IOException {
        return new CopyManager(connection.unwrap(BaseConnection.class)).copyOut(COPY, OutputStream.nullOutputStream());
    }

    /** Makes the views' tables be forgotten, so that they are built anew. */
    void forgetViews() throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute(
                    """
                    DO $$ DECLARE made regclass; BEGIN
                      DELETE FROM ritsem.view_generation;
                      DELETE FROM ritsem.view_number;
                      FOR made IN SELECT oid FROM pg_class
                        WHERE relnamespace = 'ritsem'::regnamespace AND relkind = 'r' AND relname ~ '^view_.*_[0-9]+$' LOOP
                        EXECUTE 'DROP TABLE ' || made;
                      END LOOP;
                    END $$""");
            statement.execute("CHECKPOINT");
        }
    }
}
