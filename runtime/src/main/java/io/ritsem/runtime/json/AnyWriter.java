package io.ritsem.runtime.json;

import java.io.IOException;
import java.util.List;
import java.util.Map;

/** Writes values whose types are known only when they come: replies of decisions and details of rejections. */
final class AnyWriter implements ValueWriter {

    @Override public void write(JsonOutput out, Object value) throws IOException {
        switch (value) {
            case Map<?, ?> map -> MapCodec.write(out, map, this);
            case List<?> list -> ListCodec.write(out, list, this);
            case Enum<?> constant -> JsonType.of(constant.getDeclaringClass()).codec().write(out, constant);
            default -> JsonType.of(value.getClass()).codec().write(out, value);
        }
    }
}
