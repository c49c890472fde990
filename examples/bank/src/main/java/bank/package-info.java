/** Accounts, deposits and transfers. */
@NullMarked
package bank;

import org.jspecify.annotations.NullMarked;
