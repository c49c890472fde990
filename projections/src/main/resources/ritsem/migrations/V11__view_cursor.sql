-- How far a generation of a view has applied the journal, per partition (-1: one cursor for all partitions), and who
-- may move it: owner is one run of a node, lease_epoch counts the
-- changes of owner. Rows and cursor move in one transaction.
CREATE TABLE ritsem.view_cursor (
    view           text        NOT NULL,
    generation     int         NOT NULL,
    partition      smallint    NOT NULL,
    transaction_id bigint      NOT NULL DEFAULT 0,
    ordering       bigint      NOT NULL DEFAULT 0,
    owner          uuid,
    node           text,
    lease_epoch    bigint      NOT NULL DEFAULT 0,
    lease_until    timestamptz,
    updated_at     timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (view, generation, partition),
    FOREIGN KEY (view, generation) REFERENCES ritsem.view_generation ON DELETE CASCADE
) WITH (fillfactor = 50); -- room on the page: a moved cursor stays beside its old version and touches no index
