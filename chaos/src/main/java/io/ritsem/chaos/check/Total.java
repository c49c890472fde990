package io.ritsem.chaos.check;

import java.math.BigDecimal;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The money of accounts between which it is only moved. Immutable.
 *
 * @param accounts each of which has to be there
 */
public record Total(List<String> accounts, BigDecimal money) {

    /**
     * What of it does not hold, once all transfers have ended.
     *
     * @param where, in words
     */
    Optional<String> broken(String where, Map<String, ViewState> states) {
        BigDecimal found = accounts.stream()
                .map(account -> states.getOrDefault(account, new ViewState(0, BigDecimal.ZERO)).balance())
                .reduce(BigDecimal.ZERO, BigDecimal::add);
        return found.compareTo(money) == 0
                ? Optional.empty()
                : Optional.of("%s there is %s where %s was transferred".formatted(where, found.toPlainString(),
                        money.toPlainString()));
    }
}
