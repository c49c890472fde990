package io.ritsem.runtime.json;

import java.io.IOException;
import java.math.BigDecimal;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import org.jspecify.annotations.Nullable;

/**
 * {@code BigDecimal}. The scale is kept unless it is negative: {@code 1E+2} is written, and comes back, as
 * {@code 100}.
 */
record DecimalCodec() implements Codec {

    private static final int MOST_DIGITS = 38;

    @Override public Shape shape() {
        return new Shape.Decimal();
    }

    @Override public @Nullable Object read(JsonInput in) throws IOException {
        JsonParser parser = in.parser();
        if (parser.currentToken() != JsonToken.VALUE_STRING) {
            in.wrongType("a string of plain digits, such as \"12.50\"");
            return null;
        }
        char[] chars = parser.getTextCharacters();
        int offset = parser.getTextOffset();
        int length = parser.getTextLength();
        int digits = digits(chars, offset, length);
        if (digits < 0) {
            in.violation("invalid", "must be plain digits, such as \"12.50\" or \"-3\", but is "
                    + Text.quoted(parser.getText()));
            return null;
        }
        if (digits > MOST_DIGITS) {
            in.violation("out-of-range", "must have at most %d digits, but has %d".formatted(MOST_DIGITS, digits));
            return null;
        }
        return new BigDecimal(chars, offset, length);
    }

    /** How many digits {@code -?[0-9]+(\.[0-9]+)?} has, or -1 if it is something else. */
    private static int digits(char[] chars, int offset, int length) {
        int digits = 0;
        int sinceStartOrPoint = 0;
        boolean point = false;
        int end = offset + length;
        for (int i = length > 0 && chars[offset] == '-' ? offset + 1 : offset; i < end; i++) {
            char c = chars[i];
            if (c >= '0' && c <= '9') {
                digits++;
                sinceStartOrPoint++;
            } else if (c == '.' && !point && sinceStartOrPoint > 0) {
                point = true;
                sinceStartOrPoint = 0;
            } else {
                return -1;
            }
        }
        return sinceStartOrPoint == 0 ? -1 : digits;
    }

    @Override public void write(JsonOutput out, Object value) throws IOException {
        BigDecimal number = (BigDecimal) value;
        long digits = digits(number);
        if (digits > MOST_DIGITS) {
            throw out.refusal("must have at most %d digits, but has %d".formatted(MOST_DIGITS, digits));
        }
        out.generator().writeString(number.toPlainString());
    }

    private static long digits(BigDecimal number) {
        long scale = number.scale();
        if (number.signum() == 0) {
            return 1 + Math.max(scale, 0);
        }
        return scale < 0 ? number.precision() - scale : Math.max(number.precision(), scale + 1);
    }
}
