package bank.replay;

import java.io.BufferedWriter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

import org.jspecify.annotations.Nullable;

/**
 * What the answers to all commands say. Immutable.
 *
 * @param accepted how many commands were accepted, the replayed ones among them
 * @param replayed how many were answered as they had been before
 * @param unanswered how many have no answer, or none that is final
 * @param wrong each answer that refuses a command, or shows another version than the file, in a sentence
 * @param tokens per account the token of its last answer
 */
record Answers(int accepted, int replayed, int unanswered, List<String> wrong, Map<String, String> tokens) {

    static Answers of(List<BulkCommand> commands, List<@Nullable String> lines) {
        int accepted = 0;
        int replayed = 0;
        int unanswered = 0;
        List<String> wrong = new ArrayList<>();
        Map<String, String> tokens = new HashMap<>();
        for (BulkCommand command : commands) {
            @Nullable String line = lines.get(command.place());
            Json answer = line == null ? new Json(null) : Json.parse(line);
            String status = answer.at("status").text();
            if (status.equals("200")) {
                accepted++;
                replayed += answer.at("replayed").text().equals("true") ? 1 : 0;
                tokens.put(command.account(), answer.at("token").text());
            }
            if (line == null || Node.isWorthAnotherTry(status)) {
                unanswered++;
            } else if (!answer.at("version").text().equals(String.valueOf(command.version()))) {
                wrong.add("to %s (version %d) the answer was %s".formatted(command.json(), command.version(), line));
            }
        }
        return new Answers(accepted, replayed, unanswered, List.copyOf(wrong), Map.copyOf(tokens));
    }

    /** Writes the answers as they came, one a line, in the order of the commands; an empty line for none. */
    static void write(List<@Nullable String> lines, Path file) throws IOException {
        try (BufferedWriter out = Files.newBufferedWriter(file)) {
            for (String line : lines) {
                out.write(line == null ? "" : line);
                out.write('\n');
            }
        }
    }
}
