-- Which journal this is: members of a cluster must have the same, of the same epoch. A restored copy keeps the id, and
-- whoever restores raises the epoch.
ALTER TABLE ritsem.journal_info ADD COLUMN IF NOT EXISTS id uuid NOT NULL DEFAULT gen_random_uuid();
