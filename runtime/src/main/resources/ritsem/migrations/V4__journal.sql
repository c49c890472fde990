-- The journal for people: SELECT * FROM ritsem.journal WHERE entity = 'account|alice' ORDER BY sequence
CREATE VIEW ritsem.journal AS
SELECT persistence_id                                 AS entity,
       sequence_number                                AS sequence,
       event_time                                     AS time,
       event_ser_manifest                             AS event,
       convert_from(event_payload, 'UTF8')::jsonb     AS data,
       caller,
       correlation,
       causation,
       command_key,
       partition,
       transaction_id,
       ordering
FROM ritsem.event_journal;
