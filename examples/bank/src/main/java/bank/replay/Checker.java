package bank.replay;

import java.math.BigDecimal;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentLinkedQueue;

import org.jspecify.annotations.Nullable;

/** Compares what the node serves with what the bank recorded. Thread-safe between its own workers. */
final class Checker {

    private final Node node;
    private final Map<String, String> tokens;
    private final int parallel;
    private final Progress progress;

    /**
     * @param tokens per account the token of its last command; without one its row may have to be waited for
     */
    Checker(Node node, Map<String, String> tokens, int parallel, Progress progress) {
        this.node = node;
        this.tokens = tokens;
        this.parallel = parallel;
        this.progress = progress;
    }

    /** Whether each account's state has the balance and version of its last posting. */
    Checked states(List<Posting> last) throws ReplayException {
        return check(last, posting -> {
            Json entity = node.get("api/entities/account/account-" + posting.account(), null);
            return new Found(entity.at("state", "balance"), entity.at("version"));
        });
    }

    /** Whether each account's row has them; a row that is read without a token has this long to catch up. */
    Checked rows(List<Posting> last, Duration patience) throws ReplayException {
        return check(last, posting -> row(posting, patience));
    }

    /** Whether the state as it was after each of these postings has its balance. */
    Checked past(List<Posting> postings) throws ReplayException {
        return check(postings, posting -> {
            Json entity = node.get("api/entities/account/account-%s?version=%d"
                    .formatted(posting.account(), posting.version()), null);
            return new Found(entity.at("state", "balance"), entity.at("version"));
        });
    }

    private Found row(Posting last, Duration patience) throws ReplayException {
        @Nullable String token = tokens.get(last.account());
        long started = System.nanoTime();
        int attempt = 1;
        while (true) {
            Json row = node.get("api/views/balances/account-" + last.account(), token);
            Found found = new Found(row.at("row", "balance"), row.at("version"));
            boolean late = System.nanoTime() - started > patience.toNanos();
            if (token != null || late || found.version().text().equals(String.valueOf(last.version()))) {
                return found;
            }
            Node.pauseBefore(attempt++, row.text());
        }
    }

    private Checked check(List<Posting> postings, Reading reading) throws ReplayException {
        ConcurrentLinkedQueue<BigDecimal> balances = new ConcurrentLinkedQueue<>();
        ConcurrentLinkedQueue<String> differences = new ConcurrentLinkedQueue<>();
        Workers.run(parallel, worker -> {
            for (int i = worker; i < postings.size(); i += parallel) {
                Posting posting = postings.get(i);
                Found found = reading.of(posting);
                found.amount().ifPresent(balances::add);
                found.difference(posting).ifPresent(differences::add);
                progress.advance(1);
            }
        });
        return new Checked(postings.size(), balances.stream().reduce(BigDecimal.ZERO, BigDecimal::add),
                new ArrayList<>(differences));
    }

    private interface Reading {
        Found of(Posting posting) throws ReplayException;
    }

    /** What the node shows of an account: JSON's null where it shows nothing. */
    private record Found(Json balance, Json version) {

        Optional<BigDecimal> amount() {
            return balance.text().matches("-?[0-9]+([.][0-9]+)?")
                    ? Optional.of(new BigDecimal(balance.text()))
                    : Optional.empty();
        }

        Optional<String> difference(Posting posting) {
            boolean equal = version.text().equals(String.valueOf(posting.version()))
                    && amount().filter(amount -> amount.compareTo(posting.balance()) == 0).isPresent();
            return equal
                    ? Optional.empty()
                    : Optional.of("account-%s: expected balance %s at version %d, found %s at %s"
                            .formatted(posting.account(), posting.balance(), posting.version(), balance.text(),
                                    version.text()));
        }
    }

    /**
     * The outcome of one comparison.
     *
     * @param compared how many places were compared
     * @param sum the sum of the balances that the node showed
     * @param differences each one that was not, in a sentence
     */
    record Checked(int compared, BigDecimal sum, List<String> differences) {}
}
