package io.ritsem.projections.live;

import java.util.List;
import java.util.Queue;

import org.jspecify.annotations.Nullable;

/**
 * The rows of a group, read on a thread of their own while the feed goes on. It belongs to that thread until it is in the
 * queue of what is done, then to the feed's.
 */
final class Reading<Q extends LiveQuery, W> {

    private final Group<Q, W> group;
    private final String seen;
    private List<LiveRow<Q, W>> rows = List.of();
    private @Nullable Throwable failure;

    /** @param seen what the view had passed before, as a consistency token */
    Reading(Group<Q, W> group, String seen) {
        this.group = group;
        this.seen = seen;
    }

    void run(LiveTable<Q, W> table, int mostRows, long mostBytes, Queue<? super Reading<Q, W>> done) {
        try {
            rows = table.matching(group.query(), mostRows, mostBytes);
        } catch (Throwable failed) { // an error, too, is told to those who wait for these rows
            failure = failed;
        }
        done.add(this);
    }

    Group<Q, W> group() {
        return group;
    }

    String seen() {
        return seen;
    }

    List<LiveRow<Q, W>> rows() {
        return rows;
    }

    @Nullable Throwable failure() {
        return failure;
    }
}
