package io.ritsem.http.server;

import java.util.Locale;

import org.jspecify.annotations.Nullable;

/** What {@code Accept} and {@code Content-Type} say (RFC 9110, 12.5.1 and 8.3). Stateless. */
final class MediaRanges {

    private MediaRanges() {}

    /** Whether a media type is taken. */
    static boolean accept(@Nullable String header, String mediaType) {
        return weight(header, mediaType) > 0;
    }

    /** The weight of the most specific range that covers a media type, 0 if none does; without a header all is well. */
    static double weight(@Nullable String header, String mediaType) {
        if (header == null || header.isBlank()) {
            return 1;
        }
        int specific = -1;
        double weight = 0;
        for (String part : header.split(",")) {
            String[] parameters = part.split(";", -1);
            int precision = precision(parameters[0].strip().toLowerCase(Locale.ROOT), mediaType);
            if (precision > specific) {
                specific = precision;
                weight = weight(parameters);
            }
        }
        return weight;
    }

    /** 2 for the type itself, 1 for {@code application/*}, 0 for everything, -1 for another. */
    private static int precision(String range, String mediaType) {
        if (range.equals(mediaType)) {
            return 2;
        }
        if (range.endsWith("/*") && mediaType.startsWith(range.substring(0, range.length() - 1))) {
            return 1;
        }
        return range.equals("*/*") ? 0 : -1;
    }

    private static double weight(String[] parameters) {
        for (int i = 1; i < parameters.length; i++) {
            String parameter = parameters[i].strip();
            if (parameter.startsWith("q=") || parameter.startsWith("Q=")) {
                try {
                    return Double.parseDouble(parameter.substring(2));
                } catch (NumberFormatException malformed) {
                    return 1;
                }
            }
        }
        return 1;
    }

    /** Whether a content type is this one in UTF-8. */
    static boolean is(String contentType, String mediaType) {
        String[] parameters = contentType.toLowerCase(Locale.ROOT).split(";", -1);
        return parameters[0].strip().equals(mediaType) && isUtf8(parameters);
    }

    /** Whether a content type is JSON in UTF-8. */
    static boolean isJson(String contentType) {
        String[] parameters = contentType.toLowerCase(Locale.ROOT).split(";", -1);
        String type = parameters[0].strip();
        boolean json = type.equals("application/json")
                || (type.startsWith("application/") && type.endsWith("+json"));
        return json && isUtf8(parameters);
    }

    private static boolean isUtf8(String[] parameters) {
        for (int i = 1; i < parameters.length; i++) {
            String parameter = parameters[i].strip();
            if (parameter.startsWith("charset=")) {
                return parameter.substring("charset=".length()).replace("\"", "").equals("utf-8");
            }
        }
        return true;
    }
}
