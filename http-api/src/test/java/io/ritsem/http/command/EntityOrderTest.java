package io.ritsem.http.command;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;

import org.junit.jupiter.api.Test;

import io.ritsem.runtime.journal.EntityId;

import static org.assertj.core.api.Assertions.assertThat;

class EntityOrderTest {

    private static final EntityId ALICE = new EntityId("account", "alice");

    @Test void a_line_that_waited_for_one_that_failed_is_told_so() {
        EntityOrder order = new EntityOrder();
        CompletableFuture<BulkResult> first = new CompletableFuture<>();
        CompletableFuture<BulkResult> second = new CompletableFuture<>();
        List<Boolean> toldBroken = new ArrayList<>();
        order.next(ALICE, first, toldBroken::add);
        order.next(ALICE, second, toldBroken::add);

        first.complete(new BulkResult(new byte[0], true));

        assertThat(toldBroken).containsExactly(false, true);
    }

    @Test void a_line_that_comes_long_after_one_that_failed_is_told_so() {
        EntityOrder order = new EntityOrder();
        CompletableFuture<BulkResult> first = new CompletableFuture<>();
        List<Boolean> toldBroken = new ArrayList<>();
        order.next(ALICE, first, toldBroken::add);
        first.complete(new BulkResult(new byte[0], true));

        order.next(ALICE, new CompletableFuture<>(), toldBroken::add);
        order.next(new EntityId("account", "bob"), new CompletableFuture<>(), toldBroken::add);

        assertThat(toldBroken).containsExactly(false, true, false);
    }
}
