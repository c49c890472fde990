package bank.replay;

import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;

/**
 * One line of a bulk request.
 *
 * @param place its place among all commands, from 0
 * @param account the account's number
 * @param version the account's version after it
 * @param json the line, without its end
 */
record BulkCommand(int place, String account, long version, String json) {

    /** First the opening of each account, then each posting in the order of the file, each with a key of its own. */
    static List<BulkCommand> of(Postings postings) {
        List<BulkCommand> commands = new ArrayList<>();
        for (String account : postings.accounts()) {
            commands.add(new BulkCommand(commands.size(), account, 1, opening(account, postings.overdraft(account))));
        }
        for (Posting posting : postings.all()) {
            commands.add(new BulkCommand(commands.size(), posting.account(), posting.version(), json(posting)));
        }
        return commands;
    }

    private static String opening(String account, BigDecimal overdraft) {
        return """
               {"type":"account","id":%s,"command":"open","data":{"owner":%s,"overdraft":"%s"},"key":%s}"""
                .formatted(Json.quote("account-" + account), Json.quote("owner-" + account), overdraft.toPlainString(),
                        Json.quote("open-" + account));
    }

    private static String json(Posting posting) {
        return """
               {"type":"account","id":%s,"command":"%s","data":{"amount":"%s","reference":%s},"key":%s}"""
                .formatted(Json.quote("account-" + posting.account()), posting.kind(), posting.amount().toPlainString(),
                        Json.quote(posting.reference()),
                        Json.quote("posting-" + posting.account() + "-" + posting.number()));
    }
}
