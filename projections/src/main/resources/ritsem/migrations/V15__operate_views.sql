-- A view has several generations at once: one that serves, for each version of the application that is at work, one that
-- is built beside it, and the previous one, which is kept up to date for a while so that it can serve again at once.
ALTER TABLE ritsem.view_generation
    DROP CONSTRAINT view_generation_state_check,
    ADD CONSTRAINT view_generation_state_check CHECK (state IN ('building', 'serving', 'previous')),
    ADD COLUMN target_at  timestamptz NOT NULL DEFAULT now(), -- when the target was the journal's end
    ADD COLUMN paused     boolean     NOT NULL DEFAULT false,
    ADD COLUMN switching  text        NOT NULL DEFAULT 'automatic' -- what lets it serve when it is built
                                      CHECK (switching IN ('automatic', 'manual', 'ordered')),
    ADD COLUMN rate       int CHECK (rate > 0),               -- events a second while it is built, of all nodes together; null: no limit
    ADD COLUMN revision   bigint      NOT NULL DEFAULT 0,     -- counts what has changed rows otherwise than by events: live readers begin anew
    ADD COLUMN used_at    timestamptz NOT NULL DEFAULT now(), -- when a node last knew it, to the minute
    ADD COLUMN retired_at timestamptz,                        -- since when it is the previous one
    ADD COLUMN still_until timestamptz;                       -- until then its cursors do not move: nodes may still answer from it, and
                                                              -- what they answer must not be newer than what serves now

-- For progress: how many events the cursor has gone past; and what keeps its owner from moving it.
ALTER TABLE ritsem.view_cursor
    ADD COLUMN events  bigint NOT NULL DEFAULT 0,
    ADD COLUMN trouble text;

-- Which nodes follow views, and which definitions of them: 'view fingerprint'. Cursors are shared out among them.
CREATE TABLE ritsem.projection_node (
    owner       uuid        PRIMARY KEY,
    node        text        NOT NULL,
    views       text[]      NOT NULL,
    since       timestamptz NOT NULL DEFAULT now(),
    alive_until timestamptz NOT NULL
);
