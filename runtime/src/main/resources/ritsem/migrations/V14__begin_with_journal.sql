-- Only a transaction that has begun with the journal may write to it. So of a transaction that has an id already, the
-- locks that it holds tell whether it can still bring events; one that cannot need not be waited for by who reads.
CREATE FUNCTION ritsem.begin_with_journal() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF pg_current_xact_id_if_assigned() IS NULL THEN
        -- until the end of the transaction or savepoint, as the lock that this insert holds
        PERFORM set_config('ritsem.began_with_journal', 'yes', true);
    ELSIF current_setting('ritsem.began_with_journal', true) IS DISTINCT FROM 'yes' THEN
        RAISE EXCEPTION 'events must be the first that a transaction writes'
            USING ERRCODE = 'active_sql_transaction', HINT = 'write them in a transaction of their own';
    END IF;
    RETURN NULL;
END $$;

CREATE TRIGGER begin_with_journal BEFORE INSERT ON ritsem.event_journal
    FOR EACH STATEMENT EXECUTE FUNCTION ritsem.begin_with_journal();
-- in a session with session_replication_role = replica, too
ALTER TABLE ritsem.event_journal ENABLE ALWAYS TRIGGER begin_with_journal;
