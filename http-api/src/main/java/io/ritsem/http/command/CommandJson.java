package io.ritsem.http.command;

import io.ritsem.http.json.JsonBytes;
import io.ritsem.runtime.gateway.CommandOutcome.Accepted;
import io.ritsem.runtime.gateway.CommandOutcome.Omitted;
import io.ritsem.runtime.gateway.CommandOutcome.StoredEvent;
import io.ritsem.runtime.journal.EntityId;

/** The answer to an accepted command as JSON; the same outcome gives the same bytes. Stateless. */
final class CommandJson {

    private static final int FRAME = 160;

    private CommandJson() {}

    static byte[] of(EntityId entity, Accepted accepted) {
        JsonBytes json = new JsonBytes(size(accepted)).ascii("{");
        writeMembers(json, entity, accepted);
        return json.ascii("}").toByteArray();
    }

    /** A result line of a bulk request, with its end. */
    static byte[] line(EntityId entity, Accepted accepted) {
        JsonBytes json = new JsonBytes(size(accepted) + FRAME).ascii("{\"status\":200");
        if (accepted.replayed()) {
            json.ascii(",\"replayed\":true");
        }
        if (accepted.token() != null) {
            json.ascii(",\"token\":").string(accepted.token().encode());
        }
        json.ascii(",");
        writeMembers(json, entity, accepted);
        return json.ascii("}\n").toByteArray();
    }

    private static void writeMembers(JsonBytes json, EntityId entity, Accepted accepted) {
        json.ascii("\"type\":")
                .string(entity.type())
                .ascii(",\"id\":")
                .string(entity.id())
                .ascii(",\"version\":")
                .number(accepted.version())
                .ascii(",\"events\":[");
        String comma = "";
        for (StoredEvent event : accepted.events()) {
            json.ascii(comma)
                    .ascii("{\"type\":")
                    .string(event.event())
                    .ascii(",\"sequence\":")
                    .number(event.sequence())
                    .ascii(",\"data\":")
                    .raw(event.data())
                    .ascii("}");
            comma = ",";
        }
        json.ascii("]");
        if (accepted.reply() != null) {
            json.ascii(",\"reply\":").raw(accepted.reply());
        }
        if (accepted.state() != null) {
            json.ascii(",\"state\":").raw(accepted.state());
        }
        if (accepted.omitted() != null) {
            write(json, accepted.omitted());
        }
    }

    private static void write(JsonBytes json, Omitted omitted) {
        json.ascii(",\"omitted\":{\"parts\":[");
        String comma = "";
        for (String part : omitted.parts()) {
            json.ascii(comma).string(part);
            comma = ",";
        }
        json.ascii("],\"bytes\":")
                .number(omitted.bytes())
                .ascii(",\"limit\":")
                .number(omitted.limit())
                .ascii("}");
    }

    private static int size(Accepted accepted) {
        int size = FRAME;
        for (StoredEvent event : accepted.events()) {
            size += FRAME / 2 + event.data().length;
        }
        size += accepted.reply() == null ? 0 : accepted.reply().length;
        return size + (accepted.state() == null ? 0 : accepted.state().length);
    }
}
