-- Events that a generation of a view could not apply to a row, and all later ones for that row, which wait behind them.
CREATE TABLE ritsem.dead_letter (
    view            text        NOT NULL,
    generation      int         NOT NULL,
    by_entity       boolean     NOT NULL,             -- the handler itself failed, so nobody knows which rows it is about
    key             text        COLLATE "C" NOT NULL, -- the row's, or the entity's 'type|id'
    transaction_id  bigint      NOT NULL,             -- with ordering: the event's position, in whose order they are retried
    ordering        bigint      NOT NULL,
    partition       smallint    NOT NULL,
    persistence_id  text        NOT NULL,
    sequence_number bigint      NOT NULL,
    event_time      timestamptz NOT NULL,
    error           text,                             -- null: not tried, it waits behind an earlier one
    stack           text,
    attempts        int         NOT NULL DEFAULT 0,   -- how often it was tried and failed
    edited          bytea,                            -- the event's JSON as it is to be taken instead
    parked_at       timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (view, generation, by_entity, key, transaction_id, ordering),
    FOREIGN KEY (view, generation) REFERENCES ritsem.view_generation ON DELETE CASCADE
);
