package io.ritsem.http.command;

/**
 * What became of a line.
 *
 * @param line the result line, with its end
 * @param breaksOrder whether later lines of the entity must not be decided: this one was not, or may not have been
 */
record BulkResult(byte[] line, boolean breaksOrder) {}
