package io.ritsem.projections.query;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;

import org.jspecify.annotations.Nullable;

/**
 * Where a page ended: the last row's values of the fields of the order, its key at the end. Immutable; opaque to clients,
 * in URL-safe characters.
 *
 * <p>
 * The text carries a digest of the query and of itself, so that a cursor of another query, or one that was cut off on
 * its way, is told apart. (It is no secret: whoever forges one gets rows that the query gives anyway.)
 */
record Cursor(List<@Nullable String> values) {

    private static final int DIGEST_BYTES = 8;
    private static final Base64.Encoder ENCODER = Base64.getUrlEncoder().withoutPadding();

    /** @param query what the cursor belongs to: the view, the filters and the order */
    String encode(String query) {
        try {
            ByteArrayOutputStream bytes = new ByteArrayOutputStream();
            DataOutputStream out = new DataOutputStream(bytes);
            out.writeByte(values.size());
            for (@Nullable String value : values) {
                out.writeBoolean(value != null);
                if (value != null) {
                    out.writeUTF(value);
                }
            }
            byte[] payload = bytes.toByteArray();
            return ENCODER.encodeToString(
                    ByteBuffer.allocate(DIGEST_BYTES + payload.length)
                            .put(digest(query, payload))
                            .put(payload)
                            .array());
        } catch (IOException impossible) {
            throw new UncheckedIOException(impossible);
        }
    }

    /** The cursor of a text, or null if it is none of this query. */
    static @Nullable Cursor decode(String text, String query) {
        try {
            ByteBuffer bytes = ByteBuffer.wrap(Base64.getUrlDecoder().decode(text));
            if (bytes.remaining() < DIGEST_BYTES) {
                return null;
            }
            byte[] digest = new byte[DIGEST_BYTES];
            bytes.get(digest);
            byte[] payload = new byte[bytes.remaining()];
            bytes.get(payload);
            if (!MessageDigest.isEqual(digest, digest(query, payload))) {
                return null;
            }
            DataInputStream in = new DataInputStream(new ByteArrayInputStream(payload));
            List<@Nullable String> values = new ArrayList<>();
            for (int left = in.readUnsignedByte(); left > 0; left--) {
                values.add(in.readBoolean() ? in.readUTF() : null);
            }
            return in.available() == 0 ? new Cursor(values) : null;
        } catch (IOException | IllegalArgumentException malformed) {
            return null;
        }
    }

    private static byte[] digest(String query, byte[] payload) {
        try {
            MessageDigest sha = MessageDigest.getInstance("SHA-256");
            sha.update(query.getBytes(StandardCharsets.UTF_8));
            sha.update((byte) 0);
            return Arrays.copyOf(sha.digest(payload), DIGEST_BYTES);
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException(impossible);
        }
    }
}
