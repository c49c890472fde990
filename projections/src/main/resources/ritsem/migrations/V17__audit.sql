-- What operators did, and why. Written in the transaction of the action itself.
CREATE TABLE ritsem.audit (
    id      bigint      GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    at      timestamptz NOT NULL DEFAULT now(),
    action  text        NOT NULL, -- such as 'rebuild'
    subject text        NOT NULL, -- such as 'view balances'
    reason  text        NOT NULL,
    details jsonb       NOT NULL DEFAULT '{}'
);
