package io.ritsem.runtime.json;

import java.io.IOException;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import org.jspecify.annotations.Nullable;

/** {@code int} and {@code long}. */
record WholeCodec(boolean isInt) implements Codec {

    /** The sign and the digits of the longest {@code long}. */
    private static final int LONGEST = 20;

    @Override public Shape shape() {
        return new Shape.Whole(least(), greatest());
    }

    private long least() {
        return isInt ? Integer.MIN_VALUE : Long.MIN_VALUE;
    }

    private long greatest() {
        return isInt ? Integer.MAX_VALUE : Long.MAX_VALUE;
    }

    @Override public @Nullable Object read(JsonInput in) throws IOException {
        JsonParser parser = in.parser();
        if (parser.currentToken() == JsonToken.VALUE_NUMBER_FLOAT) {
            in.violation("wrong-type", "must be a whole number without point and exponent");
            return null;
        }
        if (parser.currentToken() != JsonToken.VALUE_NUMBER_INT) {
            in.wrongType("a whole number");
            return null;
        }
        boolean fits = parser.getTextLength() <= LONGEST && parser.getNumberType() != JsonParser.NumberType.BIG_INTEGER;
        if (!fits || parser.getLongValue() < least() || parser.getLongValue() > greatest()) {
            in.violation("out-of-range", "must be from %d to %d".formatted(least(), greatest()));
            return null;
        }
        return isInt ? (Object) parser.getIntValue() : (Object) parser.getLongValue();
    }

    @Override public void write(JsonOutput out, Object value) throws IOException {
        out.generator().writeNumber(((Number) value).longValue());
    }
}
