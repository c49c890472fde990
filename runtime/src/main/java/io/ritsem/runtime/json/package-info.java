/**
 * Plain Java records to JSON and back: one derivation per type gives codec, validation with pointers, JSON Schema and
 * fingerprint. The runtime uses it for commands, events and states, projections for rows, the HTTP API for the
 * description of it all. Nothing of actors, SQL or HTTP may enter.
 */
@NullMarked
package io.ritsem.runtime.json;

import org.jspecify.annotations.NullMarked;
