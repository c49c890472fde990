package io.ritsem.bench;

/** What else could have been taken for the deposit workload: a program of its own below {@code alternatives/}. */
enum Alternative {

    PLAIN_AKKA("plain-akka", "plain Akka", "plainakka.Main", "event_journal"),
    AXON("axon", "Axon", "axonbank.BankApplication", "domainevententry");

    private final String folder;
    private final String title;
    private final String main;
    private final String table;

    Alternative(String folder, String title, String main, String table) {
        this.folder = folder;
        this.title = title;
        this.main = main;
        this.table = table;
    }

    String folder() {
        return folder;
    }

    /** What people call it. */
    String title() {
        return title;
    }

    String main() {
        return main;
    }

    /** The table that has a row for each event. */
    String table() {
        return table;
    }
}
