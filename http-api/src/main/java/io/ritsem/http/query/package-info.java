/**
 * Views over HTTP: a row by its key, queries with filters, order and pages, and reading what one wrote. Called by the
 * server's routing, on virtual threads. It turns parameters and headers into a query and rows into JSON; what a filter
 * means is the view reader's business, and no SQL may enter.
 */
@NullMarked
package io.ritsem.http.query;

import org.jspecify.annotations.NullMarked;
