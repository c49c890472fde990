package io.ritsem.chaos.releases;

import io.ritsem.domain.Application;
import io.ritsem.domain.Definition;

/**
 * The release that {@value #RELEASE} names; none if it is not set. The second one has a new event of an entity that there
 * is, a view that is changed by it, a new entity type and a view of that.
 */
public final class Releases implements Application {

    /** The system property that says which release a node is of: 1 or 2. */
    public static final String RELEASE = "chaos.release";

    @Override public void define(Definition app) {
        switch (Integer.getInteger(RELEASE, 0)) {
            case 1 -> {
                app.entity("memo", new FirstMemo());
                app.view("memos", new FirstMemo.Memos()).of("memo");
            }
            case 2 -> {
                app.entity("memo", new SecondMemo());
                app.view("memos", new SecondMemo.Memos()).of("memo");
                app.entity("voucher", new Voucher());
                app.view("vouchers", new Voucher.Vouchers()).of("voucher");
            }
            default -> {
                // a node of another scenario
            }
        }
    }
}
