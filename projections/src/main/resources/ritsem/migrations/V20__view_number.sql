-- The last number that a generation of a view was given. None is given twice: a node that has not heard yet that a
-- generation was dropped would take the next one of its number for the same.
CREATE TABLE ritsem.view_number (
    view       text PRIMARY KEY,
    generation int  NOT NULL
);
INSERT INTO ritsem.view_number SELECT view, max(generation) FROM ritsem.view_generation GROUP BY view;
