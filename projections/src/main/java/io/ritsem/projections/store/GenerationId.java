package io.ritsem.projections.store;

/**
 * Names a generation of a view.
 *
 * @param generation counts the view's tables, from 1
 */
public record GenerationId(String view, int generation) {

    private static final int LONGEST_NAME = 63;
    private static final int HASH = 9;

    /** Its table with the schema, ready for SQL. */
    String tableName() {
        return "ritsem." + bareName();
    }

    // A view's name has at most 60 characters and an identifier 63 bytes: a long name loses its end to the generation.
    private String bareName() {
        String end = "_" + generation;
        String start = "view_" + view.replace('-', '_');
        return start.length() + end.length() <= LONGEST_NAME
                ? start + end
                : start.substring(0, LONGEST_NAME - HASH - end.length()) + "_" + "%08x".formatted(view.hashCode())
                        + end;
    }

    @Override public String toString() {
        return view + " (generation " + generation + ")";
    }
}
