/**
 * {@link bank.replay.ReplayPostings} sends real bank postings to a node over HTTP and checks what became of them against
 * the balances that the bank itself recorded. A program of its own: it knows the HTTP contract and the JDK, not the
 * bank's classes, and runs with nothing but this module's classes on the class path. Nobody calls it but the launcher
 * {@code replay-postings}; no dependency may enter.
 */
@NullMarked
package bank.replay;

import org.jspecify.annotations.NullMarked;
