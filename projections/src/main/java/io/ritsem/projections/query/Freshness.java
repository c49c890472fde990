package io.ritsem.projections.query;

import java.time.Duration;

import io.ritsem.runtime.journal.ConsistencyToken;

/**
 * How fresh a view's answer is.
 *
 * @param token what it has passed
 * @param lag how long the oldest event that it has not applied yet has been waiting; zero if there is none
 * @param stopped whether a bug has stopped the view: it stays where it is until the application is mended
 * @param unplaced how many events that the token has seen wait as dead letters without a row, since their handler threw
 *     before it had named one: any row may lack them. Of more than 1,000 it says 1,001; an entity's view has none
 */
public record Freshness(ConsistencyToken token, Duration lag, boolean stopped, long unplaced) {}
