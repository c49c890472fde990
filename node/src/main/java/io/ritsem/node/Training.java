package io.ritsem.node;

import java.net.MalformedURLException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Path;
import java.util.Arrays;

/**
 * The process of a training run, of which the JVM makes an AOT cache: {@link Main}, with an application from a jar that is not
 * on the class path. A cache fits only a class path that begins with its own. Without an application in it, it fits all.
 */
final class Training {

    /** So few entities stay awake that most are read back from the journal, as those are that a node is asked for first. */
    private static final String AWAKE = "200";

    private Training() {}

    /**
     * The application's jar, then what {@link Main} takes.
     *
     * @throws MalformedURLException never, since the path of a file is a URL
     */
    public static void main(String[] arguments) throws MalformedURLException {
        URL jar = Path.of(arguments[0]).toUri().toURL();
        // never closed: it lasts as long as the process
        Thread.currentThread().setContextClassLoader(new URLClassLoader(new URL[]{jar}));
        System.setProperty("akka.cluster.sharding.passivation.ritsem.active-entity-limit", AWAKE);
        Main.main(Arrays.copyOfRange(arguments, 1, arguments.length));
    }
}
