package io.ritsem.projections.engine;

import java.util.List;

import io.ritsem.projections.store.ParkedEvent;
import io.ritsem.projections.store.StoredRow;

/** What events have made of rows, and those of them that become dead letters. */
record Folded(List<StoredRow> rows, List<ParkedEvent> parked) {}
