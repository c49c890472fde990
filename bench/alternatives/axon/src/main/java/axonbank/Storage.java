package axonbank;

import org.axonframework.common.caching.Cache;
import org.axonframework.common.caching.EhCache3Adapter;
import org.axonframework.eventsourcing.eventstore.EventStorageEngine;
import org.axonframework.eventsourcing.eventstore.jdbc.JdbcEventStorageEngine;
import org.axonframework.eventsourcing.eventstore.jdbc.PostgresEventTableFactory;
import org.ehcache.config.builders.CacheConfigurationBuilder;
import org.ehcache.config.builders.CacheManagerBuilder;
import org.ehcache.config.builders.ResourcePoolsBuilder;
import org.ehcache.core.Ehcache;
import org.springframework.beans.factory.InitializingBean;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** Where events are, and the aggregates between two commands. */
@Configuration
class Storage {

    private static final int CACHED_ACCOUNTS = 10_000;

    /** The tables, as Axon makes them for PostgreSQL. */
    @Bean InitializingBean eventTables(EventStorageEngine engine) {
        return () -> ((JdbcEventStorageEngine) engine).createSchema(PostgresEventTableFactory.INSTANCE);
    }

    @Bean(destroyMethod = "close") org.ehcache.CacheManager caches() {
        return CacheManagerBuilder.newCacheManagerBuilder()
                .withCache("accounts", CacheConfigurationBuilder.newCacheConfigurationBuilder(Object.class,
                        Object.class, ResourcePoolsBuilder.heap(CACHED_ACCOUNTS)))
                .build(true);
    }

    /** It holds the accounts, while Axon's own WeakReferenceCache leaves them to the garbage collector. */
    @Bean Cache accountCache(org.ehcache.CacheManager caches) {
        return new EhCache3Adapter((Ehcache<?, ?>) caches.getCache("accounts", Object.class, Object.class));
    }
}
