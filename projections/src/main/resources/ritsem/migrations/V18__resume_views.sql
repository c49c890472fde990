-- Counts how often somebody has resumed it, so that one that has stopped tries again. Not the revision: nothing of its
-- rows has changed, and live readers go on.
ALTER TABLE ritsem.view_generation ADD COLUMN resumed bigint NOT NULL DEFAULT 0;
