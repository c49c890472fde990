-- Members that their cluster has given up. Some do not hear of it: the others do not talk to them any more.
CREATE TABLE IF NOT EXISTS ritsem.given_up (
    member   text        PRIMARY KEY, -- as in ritsem.node
    given_up timestamptz NOT NULL DEFAULT now()
);
