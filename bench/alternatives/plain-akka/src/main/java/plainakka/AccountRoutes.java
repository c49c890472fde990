package plainakka;

import java.math.BigDecimal;
import java.util.concurrent.CompletionStage;

import akka.http.javadsl.marshallers.jackson.Jackson;
import akka.http.javadsl.model.StatusCodes;
import akka.http.javadsl.server.AllDirectives;
import akka.http.javadsl.server.Route;
import akka.pattern.StatusReply;

import static akka.http.javadsl.server.PathMatchers.segment;

/** {@code POST /accounts/{id}/open} and {@code /deposit}. Thread-safe. */
final class AccountRoutes extends AllDirectives {

    private final Accounts accounts;

    AccountRoutes(Accounts accounts) {
        this.accounts = accounts;
    }

    record OpenRequest(String owner, BigDecimal overdraft) {}

    record DepositRequest(BigDecimal amount, String reference) {}

    record Answer(String account, BigDecimal balance) {}

    record Problem(String detail) {}

    Route routes() {
        return concat(
                path(segment("accounts").slash(segment()).slash("open"),
                        id -> post(() -> entity(Jackson.unmarshaller(OpenRequest.class),
                                request -> answer(id, accounts.open(id, request.owner(), request.overdraft()))))),
                path(segment("accounts").slash(segment()).slash("deposit"),
                        id -> post(() -> entity(Jackson.unmarshaller(DepositRequest.class),
                                request -> answer(id, accounts.deposit(id, request.amount(), request.reference()))))));
    }

    private Route answer(String id, CompletionStage<BigDecimal> balance) {
        return onComplete(balance, tried -> {
            if (tried.isSuccess()) {
                return complete(StatusCodes.OK, new Answer(id, tried.get()), Jackson.marshaller());
            }
            return tried.failed().get() instanceof StatusReply.ErrorMessage refused
                    ? complete(StatusCodes.UNPROCESSABLE_ENTITY, new Problem(refused.getMessage()),
                            Jackson.marshaller())
                    : failWith(tried.failed().get());
        });
    }
}
