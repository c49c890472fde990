package io.ritsem.projections.query;

import java.util.List;

import org.jspecify.annotations.Nullable;

/**
 * A page of rows.
 *
 * @param next the cursor of the next page, or null if this is the last
 * @param count how many rows match in all, or null if it was not asked for
 */
public record ViewPage(List<ViewRow> rows, @Nullable String next, @Nullable Long count) {}
