package bank.replay;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReferenceArray;

import org.jspecify.annotations.Nullable;

/**
 * Sends commands in bulk requests, a few at a time. All commands of an account go through the same worker, one request
 * after the other, so they run in their order. Used once; thread-safe between its own workers.
 */
final class Sender {

    /** Small enough that a request is sent whole before its answer fills any buffer, large enough to be bulk. */
    private static final int LINES_PER_REQUEST = 500;

    private final Node node;
    private final List<BulkCommand> commands;
    private final Progress progress;
    private final AtomicReferenceArray<@Nullable String> answers;
    private final AtomicInteger inFlight = new AtomicInteger();
    private final AtomicInteger sentAgain = new AtomicInteger();
    private volatile boolean stopped;

    Sender(Node node, List<BulkCommand> commands, Progress progress) {
        this.node = node;
        this.commands = commands;
        this.progress = progress;
        this.answers = new AtomicReferenceArray<>(commands.size());
    }

    /**
     * Sends all.
     *
     * @throws ReplayException if the connection was lost, or the node cannot do with what it got; what has been answered
     *     until then can be asked for
     */
    void send(int parallel) throws ReplayException {
        Workers.run(parallel, worker -> {
            try {
                sendInOrder(partOf(worker, parallel));
            } catch (ReplayException e) {
                stopped = true;
                throw e;
            }
        });
    }

    /** The last answer to each command, in the order of the commands; null where there was none. */
    List<@Nullable String> answers() {
        List<@Nullable String> all = new ArrayList<>(answers.length());
        for (int i = 0; i < answers.length(); i++) {
            all.add(answers.get(i));
        }
        return all;
    }

    /** How many commands had been sent, but not answered, when the connection was lost. */
    int inFlight() {
        return inFlight.get();
    }

    /** How many commands were answered with 409, 429, 503 or 504 and sent again, each counted as often. */
    int sentAgain() {
        return sentAgain.get();
    }

    private List<BulkCommand> partOf(int worker, int parallel) {
        return commands.stream()
                .filter(command -> Math.floorMod(command.account().hashCode(), parallel) == worker)
                .toList();
    }

    private void sendInOrder(List<BulkCommand> part) throws ReplayException {
        for (int start = 0; start < part.size() && !stopped; start += LINES_PER_REQUEST) {
            List<BulkCommand> open = part.subList(start, Math.min(part.size(), start + LINES_PER_REQUEST));
            int attempt = 1;
            while (!open.isEmpty() && !stopped) {
                List<BulkCommand> again = send(open);
                if (!again.isEmpty()) {
                    sentAgain.addAndGet(again.size());
                    attempt = again.size() < open.size() ? 1 : attempt + 1;
                    Node.pauseBefore(attempt, String.valueOf(answers.get(again.getFirst().place())));
                }
                open = again;
            }
        }
    }

    /** Sends these commands and gives back those that must be sent again. */
    private List<BulkCommand> send(List<BulkCommand> open) throws ReplayException {
        List<String> lines = Collections.synchronizedList(new ArrayList<>());
        String problem;
        try {
            problem = node.bulk(open, lines::add);
        } catch (ReplayException.NotSent e) {
            throw e;
        } catch (ReplayException e) {
            answer(open, lines);
            inFlight.addAndGet(open.size() - lines.size());
            throw e;
        }
        if (!problem.isEmpty()) {
            return answerAll(open, problem);
        }
        List<BulkCommand> again = answer(open, lines);
        if (lines.size() < open.size()) {
            inFlight.addAndGet(open.size() - lines.size());
            throw new ReplayException("the answer ended after %d lines of %d".formatted(lines.size(), open.size()));
        }
        return again;
    }

    /** The request was answered as a whole: overloaded, say, and nothing stored. */
    private List<BulkCommand> answerAll(List<BulkCommand> open, String problem) throws ReplayException {
        if (!Node.isWorthAnotherTry(Json.parse(problem).at("status").text())) {
            throw new ReplayException("the node refused a bulk request: " + problem);
        }
        open.forEach(command -> answers.set(command.place(), problem));
        return open;
    }

    private List<BulkCommand> answer(List<BulkCommand> open, List<String> lines) {
        List<BulkCommand> again = new ArrayList<>();
        for (int i = 0; i < lines.size(); i++) {
            BulkCommand command = open.get(i);
            String line = lines.get(i);
            answers.set(command.place(), line);
            if (Node.isWorthAnotherTry(Json.parse(line).at("status").text())) {
                again.add(command);
            }
        }
        progress.advance(lines.size() - again.size());
        return again;
    }
}
