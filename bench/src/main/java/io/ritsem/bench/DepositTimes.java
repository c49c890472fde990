package io.ritsem.bench;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

import org.jspecify.annotations.Nullable;

/** When each deposit was acknowledged, by account and version. Thread-safe. */
final class DepositTimes {

    private final Map<String, Account> accounts = new ConcurrentHashMap<>();

    private static final class Account {
        private final Map<Long, Long> acknowledged = new ConcurrentHashMap<>();
        private volatile long last;
    }

    /** A deposit has made this version of an account, and was acknowledged now. */
    void acknowledged(String key, long version) {
        Account account = accounts.computeIfAbsent(key, _ -> new Account());
        account.acknowledged.put(version, System.nanoTime());
        synchronized (account) {
            account.last = Math.max(account.last, version);
        }
    }

    /** The last version of an account that was acknowledged; 0 if none was. */
    long last(String key) {
        @Nullable Account account = accounts.get(key);
        return account == null ? 0 : account.last;
    }

    /** Nanoseconds since then; 0 if it is seen before it is acknowledged, which may be, or is not acknowledged by this. */
    long sinceAcknowledged(String key, long version) {
        @Nullable Account account = accounts.get(key);
        @Nullable Long at = account == null ? null : account.acknowledged.get(version);
        return at == null ? 0 : System.nanoTime() - at;
    }
}
