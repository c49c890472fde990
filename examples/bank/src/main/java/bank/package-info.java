/**
 * A small bank: {@link bank.Account accounts} that are opened, paid into, drawn from and closed; the view of their
 * {@link bank.Balances balances}; the view of the {@link bank.Turnover turnover} by purpose and month. {@link bank.Bank}
 * names them, and that is all it takes to serve them over HTTP. Pure: nothing may enter but {@code io.ritsem.domain}.
 */
@NullMarked
package bank;

import org.jspecify.annotations.NullMarked;
