package bank.replay;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;

class ReplayPostingsTest {

    private static final int COMMANDS = 40 + 40 * 75;

    @TempDir private Path folder;

    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final ByteArrayOutputStream terminal = new ByteArrayOutputStream();
    private BankNode node;
    private Path file;

    @BeforeEach void start() throws Exception {
        node = new BankNode();
        file = PostingsFile.lively(folder.resolve("postings.csv.gz"));
    }

    @AfterEach void stop() {
        node.close();
    }

    @Test void sends_all_postings_and_finds_every_balance() {
        assertThat(replay()).as(said()).isZero();

        assertThat(said()).contains("3,000 postings on 40 accounts", "3,040 accepted, 0 of them replayed",
                "40 of 40 states have", "40 of 40 rows have", "1,000 of 1,000 postings sampled", "All right.");
        assertThat(said().lines().filter(line -> line.startsWith("sum"))).hasSize(2)
                .allSatisfy(line -> assertThat(line).endsWith("as in the file"));
        assertThat(node.events()).isEqualTo(COMMANDS);
        assertThat(node.rowsWithoutToken).hasValue(0);
    }

    @Test void a_second_send_is_replayed_and_answered_as_the_first_was() throws Exception {
        Path first = folder.resolve("first");
        Path second = folder.resolve("second");

        assertThat(replay("--answers", first.toString(), "--only-send")).isZero();
        assertThat(replay("--answers", second.toString(), "--parallel", "3")).isZero();

        assertThat(said()).contains("3,040 accepted, 3,040 of them replayed");
        assertThat(Files.readAllLines(first)).hasSize(COMMANDS).noneMatch(String::isEmpty);
        assertThat(Files.readString(second).replace("\"replayed\":true,", "")).isEqualTo(Files.readString(first));
        assertThat(node.events()).isEqualTo(COMMANDS);
    }

    @Test void what_was_answered_with_503_is_sent_again_in_order() {
        node.unavailable = line -> line % 50 == 0;

        assertThat(replay()).as(said()).isZero();

        assertThat(said()).containsPattern("[1-9][0-9,]* sent again after 409").contains("All right.");
        assertThat(node.events()).isEqualTo(COMMANDS);
    }

    @Test void an_overloaded_node_gets_its_time() {
        node.overloads.set(3);

        assertThat(replay()).as(said()).isZero();

        assertThat(node.events()).isEqualTo(COMMANDS);
    }

    @Test void a_lost_connection_is_reported_with_what_was_in_flight_and_all_can_be_sent_again() throws Exception {
        Path answers = folder.resolve("answers");
        node.cutAt = 700;

        assertThat(replay("--parallel", "1", "--answers", answers.toString())).isEqualTo(2);

        assertThat(warned()).contains("of 3,040 commands 2,341 have no answer: 301 were in flight, 2,040 not sent");
        assertThat(Files.readAllLines(answers)).hasSize(COMMANDS).filteredOn(String::isEmpty).hasSize(2_341);

        node.cutAt = Integer.MAX_VALUE;
        assertThat(replay()).as(said()).isZero();
        assertThat(said()).contains("3,040 accepted, 700 of them replayed");
        assertThat(node.events()).isEqualTo(COMMANDS);
    }

    @Test void a_node_that_is_not_there_has_nothing_in_flight() {
        node.close();

        assertThat(replay()).isEqualTo(2);
        assertThat(warned()).contains("cannot connect to http://127.0.0.1", "0 were in flight, 3,040 not sent");
    }

    @Test void a_row_that_differs_is_shown_and_fails() {
        node.rowError = new BigDecimal("0.01");

        assertThat(replay()).isEqualTo(1);

        assertThat(said()).contains("40 of 40 states have", "0 of 40 rows have", "40 differences, such as:",
                "but in the file it is", "NOT all right.")
                .containsPattern("account-10\\d\\d: expected balance \\S+ at version 76, found");
    }

    @Test void a_refused_command_fails() throws Exception {
        file = PostingsFile.write(folder.resolve("refused.csv.gz"), PostingsFile.HEADER
                + "1993-01-01,1,1,deposit,5.00,cash-in,5.00\n1993-01-01,1,2,withdraw,6.00,cash-out,0.00\n");

        assertThat(replay()).isEqualTo(1);

        assertThat(said()).contains("1 wrong answers, such as:", "\"status\":422,\"code\":\"insufficient-funds\"",
                "NOT all right.");
    }

    @Test void what_was_sent_before_can_be_checked_alone() {
        assertThat(replay("--only-send")).isZero();
        assertThat(said()).doesNotContain("states have");

        assertThat(replay("--only-check")).as(said()).isZero();
        assertThat(said()).contains("40 of 40 rows have").doesNotContain("accepted, 3,040 of them");
        assertThat(node.rowsWithoutToken).hasValue(40);
    }

    @Test void accounts_that_are_not_there_fail() throws Exception {
        file = PostingsFile.write(folder.resolve("other.csv.gz"), PostingsFile.HEADER
                + "1993-01-01,7,1,deposit,5.00,cash-in,5.00\n");

        assertThat(replay("--only-check")).isEqualTo(1);

        assertThat(said()).contains("account-7: expected balance 5.00 at version 2, found null at null");
    }

    @Test void progress_is_shown_only_to_somebody_who_watches() {
        assertThat(replay()).isZero();
        assertThat(warned()).isEmpty();
    }

    @Test void wrong_usage_says_how_it_is_used() {
        assertThat(run("--parallel", "0", file.toString())).isEqualTo(64);
        assertThat(warned()).contains("--parallel must be 1 to 64, not 0", "usage: replay-postings");
        assertThat(run()).isEqualTo(64);
        assertThat(run("--nonsense", "x")).isEqualTo(64);
        assertThat(run("--answers")).isEqualTo(64);
        assertThat(run("x", "ftp://nowhere")).isEqualTo(64);
        assertThat(run("--only-check", "--only-send", "x")).isEqualTo(64);
        assertThat(run("--help")).isZero();
        assertThat(said()).contains("usage: replay-postings");
    }

    @Test void a_file_that_is_none_of_postings_is_told() throws Exception {
        assertThat(run(folder.resolve("missing").toString(), node.url())).isEqualTo(2);
        assertThat(warned()).contains("missing");

        file = PostingsFile.write(folder.resolve("gap.csv.gz"), PostingsFile.HEADER
                + "1993-01-01,1,2,deposit,5.00,cash-in,5.00\n");
        assertThat(replay()).isEqualTo(2);
        assertThat(warned()).contains("account 1: posting 2 comes after posting 0");

        file = PostingsFile.write(folder.resolve("kind.csv.gz"), PostingsFile.HEADER
                + "1993-01-01,1,1,steal,5.00,cash-in,5.00\n");
        assertThat(replay()).isEqualTo(2);
        assertThat(warned()).contains("kind.csv.gz, line 2: the kind is neither deposit nor withdraw: steal");
    }

    private int replay(String... options) {
        List<String> arguments = new ArrayList<>(List.of(options));
        arguments.add(file.toString());
        arguments.add(node.url());
        return run(arguments.toArray(String[]::new));
    }

    private int run(String... arguments) {
        return ReplayPostings.run(new PrintStream(out, true, StandardCharsets.UTF_8),
                new PrintStream(terminal, true, StandardCharsets.UTF_8), arguments);
    }

    private String said() {
        return out.toString(StandardCharsets.UTF_8);
    }

    private String warned() {
        return terminal.toString(StandardCharsets.UTF_8);
    }
}
