package io.ritsem.deploy;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;

import static java.nio.charset.StandardCharsets.US_ASCII;

/** Keys and certificates as an authority would give them, made by the JDK's keytool. Immutable. */
final class Keys {

    private static final char[] PASSWORD = "only-for-a-test".toCharArray();
    private static final int SECONDS = 30;
    private static final String AUTHORITY = "authority";
    private static final String KEY = "key";

    private final KeyStore store;
    private final Certificate authority;

    /**
     * A key whose certificate an authority of its own has signed.
     *
     * @param folder where it is made
     * @param name the certificate's common name
     * @param alsoNamed further names, as keytool writes them: {@code dns:a,ip:127.0.0.1}
     */
    Keys(Path folder, String name, String alsoNamed)
            throws IOException, InterruptedException, GeneralSecurityException {
        Path file = folder.resolve(name + ".p12");
        keytool(file, "-genkeypair", "-alias", AUTHORITY, "-keyalg", "RSA", "-keysize", "2048", "-dname",
                "CN=" + name + "-authority", "-ext", "bc:c=ca:true");
        keytool(file, "-genkeypair", "-alias", KEY, "-keyalg", "RSA", "-keysize", "2048", "-signer", AUTHORITY,
                "-dname", "CN=" + name, "-ext", "san=" + alsoNamed, "-ext", "eku=serverAuth,clientAuth");
        this.store = KeyStore.getInstance("PKCS12");
        try (InputStream made = Files.newInputStream(file)) {
            store.load(made, PASSWORD);
        }
        this.authority = store.getCertificate(AUTHORITY);
        store.deleteEntry(AUTHORITY); // nobody is to show it as its own
    }

    private static void keytool(Path file, String... words) throws IOException, InterruptedException {
        List<String> line = new ArrayList<>(
                List.of(Path.of(System.getProperty("java.home"), "bin", "keytool").toString()));
        line.addAll(List.of(words));
        line.addAll(List.of("-keystore", file.toString(), "-storetype", "PKCS12", "-storepass", new String(PASSWORD)));
        Path said = file.resolveSibling(file.getFileName() + ".log");
        Process process = new ProcessBuilder(line).redirectErrorStream(true).redirectOutput(said.toFile()).start();
        boolean ended = process.waitFor(SECONDS, TimeUnit.SECONDS);
        process.destroyForcibly();
        if (!ended || process.exitValue() != 0) {
            throw new IOException("keytool failed: " + Files.readString(said));
        }
    }

    /**
     * TLS with whoever has a certificate of this authority.
     *
     * @param shown whether to show one's own
     */
    SSLContext tls(boolean shown) throws GeneralSecurityException, IOException {
        KeyStore trusted = KeyStore.getInstance("PKCS12");
        trusted.load(null, null);
        trusted.setCertificateEntry(AUTHORITY, authority);
        TrustManagerFactory trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        trust.init(trusted);
        KeyManagerFactory own = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        own.init(store, PASSWORD);
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(shown ? own.getKeyManagers() : null, trust.getTrustManagers(), null);
        return context;
    }

    /** The certificate, as a file has it. */
    String certificate() throws GeneralSecurityException {
        return pem("CERTIFICATE", store.getCertificate(KEY).getEncoded());
    }

    /** The authority's certificate. */
    String authority() throws GeneralSecurityException {
        return pem("CERTIFICATE", authority.getEncoded());
    }

    /** The private key, by PKCS#8. */
    String key() throws GeneralSecurityException {
        return pem("PRIVATE KEY", store.getKey(KEY, PASSWORD).getEncoded());
    }

    private static String pem(String label, byte[] content) {
        return "-----BEGIN %1$s-----%n%2$s%n-----END %1$s-----%n".formatted(label,
                Base64.getMimeEncoder(64, "\n".getBytes(US_ASCII)).encodeToString(content));
    }
}
