-- Who a node is in its cluster: a node at work that is no member of one's own belongs to another cluster on this database.
ALTER TABLE ritsem.node ADD COLUMN member text; -- address and run, null as long as it is not a member
