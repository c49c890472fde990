-- States as they were, so that recovery need not begin at the first event. The columns are the snapshot plugin's.
CREATE TABLE ritsem.snapshot (
    persistence_id        varchar(255) NOT NULL COLLATE "C",
    sequence_number       bigint       NOT NULL,
    created               bigint       NOT NULL,
    snapshot_ser_id       integer      NOT NULL,
    snapshot_ser_manifest varchar(255) NOT NULL,
    snapshot_payload      bytea        NOT NULL,
    meta_ser_id           integer,
    meta_ser_manifest     varchar(255),
    meta_payload          bytea,

    PRIMARY KEY (persistence_id, sequence_number)
);
