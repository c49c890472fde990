// A PostgreSQL for those who try the image: prints its URL, and is gone when whoever started it is.
void main() throws Exception {
    try (var server = io.ritsem.postgres.EmbeddedDatabase.temporary()) {
        IO.println(server.createDatabase());
        System.in.read();
    }
}
