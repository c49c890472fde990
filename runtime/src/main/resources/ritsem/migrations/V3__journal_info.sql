-- What holds for the whole journal, in one row. The epoch changes when transaction ids may be used again (a restore);
-- the partition count never does.
CREATE TABLE ritsem.journal_info (
    only_row   boolean  PRIMARY KEY DEFAULT true CHECK (only_row),
    epoch      integer  NOT NULL,
    partitions smallint NOT NULL
);

INSERT INTO ritsem.journal_info (epoch, partitions) VALUES (1, ${partitions});
