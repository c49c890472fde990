/**
 * What operators see and do over HTTP: {@code /api/admin}. Every action gives its reason, which the audit keeps. Asks
 * {@link io.ritsem.projections.engine.OperatedViews} and {@link io.ritsem.runtime.cluster.ClusterOverview}; nobody else asks
 * here.
 */
@NullMarked
package io.ritsem.http.admin;

import org.jspecify.annotations.NullMarked;
