package bank;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/** What the guide for newcomers quotes is what is compiled and tested next to it. */
class QuotedCodeTest {

    private static final Path EXAMPLES = Path.of("..");
    private static final Path ROOT = Path.of("../..");
    private static final Pattern QUOTE = Pattern.compile("<!-- (\\S+) -->\n```\\w+\n(.*?)```\n", Pattern.DOTALL);

    @Test void the_guide_quotes_the_counter_word_by_word() throws IOException {
        assertThat(quotesOf(EXAMPLES.resolve("README.md"), EXAMPLES)).containsExactly("counter/pom.xml",
                "counter/src/main/java/counter/Counter.java", "counter/src/main/java/counter/Counter.java",
                "counter/src/test/java/counter/CounterTest.java", "counter/src/test/java/counter/CounterTest.java",
                "counter/src/test/java/counter/CounterTest.java");
    }

    @Test void the_guide_to_evolving_events_quotes_the_purse_and_the_bank_word_by_word() throws IOException {
        assertThat(quotesOf(ROOT.resolve("docs/evolving-events.md"), ROOT)).containsOnly(
                "examples/bank/src/test/java/bank/EvolvingEventsTest.java",
                "examples/bank/src/test/java/bank/BankTest.java");
    }

    private static List<String> quotesOf(Path guide, Path base) throws IOException {
        String text = Files.readString(guide);
        List<String> quoted = new ArrayList<>();
        for (MatchResult quote : QUOTE.matcher(text).results().toList()) {
            quoted.add(quote.group(1));
            assertThat(Files.readString(base.resolve(quote.group(1)))).contains(quote.group(2));
        }
        assertThat(text.split("```", -1)).as("all code is quoted from a file").hasSize(2 * quoted.size() + 1);
        return quoted;
    }
}
