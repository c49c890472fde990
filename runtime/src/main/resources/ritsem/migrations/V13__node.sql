-- The nodes at work. Each writes its row anew all the time: as long as that succeeds, the database takes writes.
-- What one of them could not read is not stored while it is at work.
CREATE TABLE ritsem.node (
    node    uuid        PRIMARY KEY,
    process text        NOT NULL,
    -- the versions of events that it can read, as in the journal: account.deposited/1
    reads   text[]      NOT NULL COLLATE "C",
    started timestamptz NOT NULL DEFAULT now(),
    seen    timestamptz NOT NULL DEFAULT now()
);
