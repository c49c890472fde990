-- Which versions of which events the journal holds: noted down before the first of them is stored, so that what is not
-- here is not there. A node compares it with what its application can read before it starts.
CREATE TABLE ritsem.event_type (
    entity_type text        NOT NULL COLLATE "C",
    event       text        NOT NULL COLLATE "C",
    version     integer     NOT NULL,
    since       timestamptz NOT NULL DEFAULT now(),

    PRIMARY KEY (entity_type, event, version)
);

INSERT INTO ritsem.event_type
SELECT split_part(event_ser_manifest, '.', 1),
       split_part(split_part(event_ser_manifest, '.', 2), '/', 1),
       split_part(event_ser_manifest, '/', 2)::integer,
       min(event_time)
FROM ritsem.event_journal
GROUP BY event_ser_manifest;

-- Which entity types the releases hosted that have served this journal, each since when. One that came up later is none
-- that such a release has lost, so its nodes may start again while a newer release takes over.
CREATE TABLE ritsem.release (
    entity_types text[]      NOT NULL,
    since        timestamptz NOT NULL DEFAULT now()
);
