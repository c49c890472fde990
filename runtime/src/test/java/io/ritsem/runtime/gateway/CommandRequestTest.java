package io.ritsem.runtime.gateway;

import java.time.Instant;

import org.junit.jupiter.api.Test;

import io.ritsem.runtime.gateway.CommandRequest.Caller;
import io.ritsem.runtime.gateway.CommandRequest.Precondition;
import io.ritsem.runtime.journal.EntityId;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class CommandRequestTest {

    @Test void a_body_that_would_not_pass_between_nodes_is_refused() {
        assertThat(request(CommandGateway.LARGEST_MESSAGE).body()).hasSize(4 << 20);
        assertThatThrownBy(() -> request(CommandGateway.LARGEST_MESSAGE + 1))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("A body of 4194305 bytes; at most 4194304 pass between nodes");
    }

    private static CommandRequest request(int bytes) {
        return new CommandRequest(new EntityId("till", "t"), "pay", new byte[bytes], null, Precondition.NONE, false,
                false, Instant.MAX, Caller.UNKNOWN);
    }
}
