package bank.replay;

import java.io.IOException;
import java.io.PrintStream;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;

import bank.replay.Checker.Checked;

/**
 * Sends real bank postings to a node and checks every balance that the bank itself recorded. See {@link Options#USAGE}.
 * Confined to the thread that runs it.
 */
public final class ReplayPostings {

    private static final int SAMPLE = 1_000;
    private static final long SEED = 1993;
    private static final int SHOWN = 5;
    private static final Duration CATCHING_UP = Duration.ofSeconds(30);

    private final Options options;
    private final PrintStream out;
    private final PrintStream terminal;

    private ReplayPostings(Options options, PrintStream out, PrintStream terminal) {
        this.options = options;
        this.out = out;
        this.terminal = terminal;
    }

    /** Runs and exits; 0 if all is equal. */
    public static void main(String[] arguments) {
        System.exit(run(System.out, System.err, arguments));
    }

    /** Runs; gives the exit code. */
    static int run(PrintStream out, PrintStream terminal, String... arguments) {
        if (List.of(arguments).contains("--help")) {
            out.println(Options.USAGE);
            return 0;
        }
        Options options;
        try {
            options = Options.parse(arguments);
        } catch (IllegalArgumentException e) {
            terminal.println("replay-postings: " + e.getMessage());
            terminal.println();
            terminal.println(Options.USAGE);
            return 64;
        }
        try (Node node = new Node(options.node())) {
            return new ReplayPostings(options, out, terminal).replay(node);
        } catch (ReplayException | IllegalArgumentException e) {
            terminal.println("replay-postings: " + e.getMessage());
            return 2;
        } catch (IOException e) {
            terminal.println("replay-postings: cannot read or write: " + e);
            return 2;
        }
    }

    private int replay(Node node) throws IOException, ReplayException {
        Postings postings = Postings.read(options.file());
        out.printf(Locale.ROOT, "%,d postings on %,d accounts%n", postings.all().size(), postings.accounts().size());
        boolean right = true;
        Map<String, String> tokens = Map.of();
        if (options.send()) {
            Answers answers = send(node, BulkCommand.of(postings));
            right = answers.wrong().isEmpty();
            tokens = answers.tokens();
        }
        if (options.check()) {
            right &= check(node, postings, tokens);
        }
        out.println(right ? "All right." : "NOT all right.");
        return right ? 0 : 1;
    }

    private Answers send(Node node, List<BulkCommand> commands) throws IOException, ReplayException {
        Progress progress = new Progress(terminal, options.progress(), "commands answered", commands.size());
        Sender sender = new Sender(node, commands, progress);
        try {
            sender.send(options.parallel());
        } catch (ReplayException e) {
            int unanswered = Answers.of(commands, sender.answers()).unanswered();
            throw new ReplayException(
                    "%s%nof %,d commands %,d have no answer: %,d were in flight, %,d not sent; send all again"
                            .formatted(e.getMessage(), commands.size(), unanswered, sender.inFlight(),
                                    unanswered - sender.inFlight()),
                    e);
        } finally {
            progress.end();
            if (options.answers() != null) {
                Answers.write(sender.answers(), options.answers());
            }
        }
        double seconds = progress.seconds();
        Answers answers = Answers.of(commands, sender.answers());
        out.printf(Locale.ROOT, "sent    %,d commands in %.1f s, %,.0f /s, %d requests at a time%n", commands.size(),
                seconds,
                commands.size() / seconds, options.parallel());
        out.printf(Locale.ROOT,
                "        %,d accepted, %,d of them replayed; %,d sent again after 409, 429, 503 or 504%n",
                answers.accepted(),
                answers.replayed(), sender.sentAgain());
        show("wrong answers", answers.wrong());
        return answers;
    }

    private boolean check(Node node, Postings postings, Map<String, String> tokens) throws ReplayException {
        List<Posting> last = postings.accounts().stream().map(postings::last).toList();
        List<Posting> sample = postings.sample(SAMPLE, SEED);
        Progress progress = new Progress(terminal, options.progress(), "balances compared",
                2 * last.size() + sample.size());
        Checker checker = new Checker(node, tokens, options.parallel(), progress);
        Checked states;
        Checked rows;
        Checked past;
        try {
            states = checker.states(last);
            rows = checker.rows(last, states.differences().isEmpty() ? CATCHING_UP : Duration.ZERO);
            past = checker.past(sample);
        } finally {
            progress.end();
        }
        boolean right = compare("states", "states have the bank's last balance", states);
        right &= compare("rows", "rows have the bank's last balance", rows);
        right &= compare("past", "postings sampled: the state at version n + 1 has the balance of posting n", past);
        right &= compareSum("states", states.sum(), postings.total());
        right &= compareSum("rows", rows.sum(), postings.total());
        return right;
    }

    private boolean compare(String what, String meaning, Checked checked) {
        int equal = checked.compared() - checked.differences().size();
        out.printf(Locale.ROOT, "%-7s %,d of %,d %s%n", what, equal, checked.compared(), meaning);
        show("differences", checked.differences());
        return checked.differences().isEmpty();
    }

    private boolean compareSum(String what, BigDecimal sum, BigDecimal expected) {
        boolean equal = sum.compareTo(expected) == 0;
        out.printf(Locale.ROOT, "sum     %,.2f over all %s, %s%n", sum, what,
                equal ? "as in the file" : "but in the file it is " + expected);
        return equal;
    }

    private void show(String what, List<String> sentences) {
        if (!sentences.isEmpty()) {
            out.printf(Locale.ROOT, "        %,d %s, such as:%n", sentences.size(), what);
            sentences.stream().limit(SHOWN).forEach(sentence -> out.println("          " + sentence));
        }
    }
}
