package io.ritsem.projections.query;

/**
 * One thing that is wrong with a query.
 *
 * @param parameter which parameter, such as {@code balance.gte}, {@code sort} or {@code cursor}
 * @param code kebab-case: {@code unknown}, {@code wrong-type}, {@code out-of-range} or {@code invalid}
 * @param message what is wrong and what would be right, for a person
 */
public record QueryError(String parameter, String code, String message) {}
