package io.ritsem.node;

import java.util.List;

import akka.cluster.ConfigValidation;
import akka.cluster.Invalid;
import akka.cluster.JoinConfigCompatChecker;
import akka.cluster.Valid$;
import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import scala.collection.immutable.Seq;
import scala.jdk.javaapi.CollectionConverters;

import io.ritsem.runtime.journal.JournalInfo;

/**
 * Keeps a node out of a cluster whose members work with another database: entities would move to where nobody knows their
 * events and their keys. Akka makes one at each member that a node asks to join, and at the node; stateless.
 */
final class SameJournal extends JoinConfigCompatChecker {

    private static final String IDENTITY = "ritsem.node.cluster.journal";

    /** Says to Akka which journal this node has. */
    static Config is(JournalInfo journal) {
        return ConfigFactory.parseString(IDENTITY + " = \"" + journal.identity() + "\"");
    }

    @Override public Seq<String> requiredKeys() {
        return CollectionConverters.asScala(List.of(IDENTITY)).toList();
    }

    @Override public ConfigValidation check(Config toCheck, Config actual) {
        String other = toCheck.hasPath(IDENTITY) ? toCheck.getString(IDENTITY) : "none";
        String own = actual.getString(IDENTITY);
        return other.equals(own)
                ? Valid$.MODULE$
                : new Invalid(
                        CollectionConverters.asScala(List.of(("The nodes have different databases, so they form no "
                                + "cluster: the journal here is %s, and there %s (ritsem.journal_info: id and epoch)")
                                .formatted(own,
                                        other)))
                                .toList());
    }
}
