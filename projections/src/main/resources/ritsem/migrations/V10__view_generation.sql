-- One row for each generation of a view's table. A changed view (fingerprint) or a journal whose positions count anew
-- (epoch) makes the next generation.
CREATE TABLE ritsem.view_generation (
    view                  text        NOT NULL,
    generation            int         NOT NULL,
    fingerprint           text        NOT NULL,
    epoch                 int         NOT NULL,
    state                 text        NOT NULL CHECK (state IN ('building', 'serving')),
    target_transaction_id bigint      NOT NULL, -- built when every cursor has reached the end of this transaction
    created_at            timestamptz NOT NULL DEFAULT now(),
    served_at             timestamptz,
    PRIMARY KEY (view, generation)
);
