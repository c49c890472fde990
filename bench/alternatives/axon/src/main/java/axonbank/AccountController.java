package axonbank;

import java.math.BigDecimal;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import org.axonframework.commandhandling.gateway.CommandGateway;
import org.axonframework.modelling.command.AggregateNotFoundException;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.http.ProblemDetail;
import org.springframework.web.bind.annotation.ExceptionHandler;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RestController;

/**
 * {@code POST /accounts/{id}/open} and {@code /deposit}. Answers are text, so that they have a length: Spring sends a record
 * in chunks, which the load generator does not read.
 */
@RestController
class AccountController {

    private final CommandGateway commands;
    private final ObjectMapper json;

    AccountController(CommandGateway commands, ObjectMapper json) {
        this.commands = commands;
        this.json = json;
    }

    record OpenRequest(String owner, BigDecimal overdraft) {}

    record DepositRequest(BigDecimal amount, String reference) {}

    record Answer(String account, BigDecimal balance) {}

    @PostMapping(path = "/accounts/{id}/open", produces = MediaType.APPLICATION_JSON_VALUE)
    String open(@PathVariable String id, @RequestBody OpenRequest request) throws JsonProcessingException {
        commands.sendAndWait(new Account.Open(id, request.owner(), request.overdraft()));
        return json.writeValueAsString(new Answer(id, BigDecimal.ZERO));
    }

    @PostMapping(path = "/accounts/{id}/deposit", produces = MediaType.APPLICATION_JSON_VALUE)
    String deposit(@PathVariable String id, @RequestBody DepositRequest request) throws JsonProcessingException {
        BigDecimal balance = commands.sendAndWait(new Account.Deposit(id, request.amount(), request.reference()));
        return json.writeValueAsString(new Answer(id, balance));
    }

    @ExceptionHandler({IllegalArgumentException.class, AggregateNotFoundException.class})
    ProblemDetail refused(RuntimeException refused) {
        return ProblemDetail.forStatusAndDetail(HttpStatus.UNPROCESSABLE_ENTITY, refused.getMessage());
    }
}
