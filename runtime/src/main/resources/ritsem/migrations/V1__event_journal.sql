-- The journal: one row per event, written once, never changed. The columns down to meta_payload are those of the
-- journal plugin; what follows is ours.
CREATE TABLE ritsem.event_journal (
    ordering            bigserial    NOT NULL,
    persistence_id      varchar(255) NOT NULL COLLATE "C",
    sequence_number     bigint       NOT NULL,
    deleted             boolean      NOT NULL DEFAULT false,
    writer              varchar(255) NOT NULL,
    write_timestamp     bigint,
    adapter_manifest    varchar(255),
    event_ser_id        integer      NOT NULL,
    event_ser_manifest  varchar(255) NOT NULL COLLATE "C",
    event_payload       bytea        NOT NULL,
    meta_ser_id         integer,
    meta_ser_manifest   varchar(255),
    meta_payload        bytea,

    -- CRC-32C of the persistence id modulo the partition count
    partition           smallint     NOT NULL,
    -- who reads below the horizon of running transactions, in this order, misses nothing
    transaction_id      xid8         NOT NULL DEFAULT pg_current_xact_id(),
    event_time          timestamptz  NOT NULL,
    caller              text,
    correlation         text,
    causation           uuid         NOT NULL,
    traceparent         text,
    -- on the first event of a command with an idempotency key: what it takes to give its answer again
    command_key         text COLLATE "C",
    command_fingerprint bytea,
    command_events      integer,
    command_reply       bytea,

    -- the fence: of two writers who both believe that they own an entity, one fails
    PRIMARY KEY (persistence_id, sequence_number)
);

CREATE INDEX event_journal_position ON ritsem.event_journal (partition, transaction_id, ordering);

CREATE UNIQUE INDEX event_journal_command_key ON ritsem.event_journal (persistence_id, command_key)
    WHERE command_key IS NOT NULL;
