package io.ritsem.runtime.json;

import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Optional;

import org.jspecify.annotations.Nullable;

/** Values whose types are known only when they come: replies of decisions and details of rejections. Writes only. */
final class AnyCodec implements Codec {

    static final AnyCodec INSTANCE = new AnyCodec();

    private static final ListCodec LIST = new ListCodec(INSTANCE, new Shape.ListOf(new Shape.Text()));
    private static final MapCodec MAP = new MapCodec(INSTANCE, new Shape.MapOf(new Shape.Text()));

    private AnyCodec() {}

    @Override public Shape shape() {
        throw new UnsupportedOperationException("The shape of any value is not known");
    }

    @Override public @Nullable Object read(JsonInput in) {
        throw new UnsupportedOperationException("A value without a type cannot be read");
    }

    @Override public void write(JsonOutput out, Object value) throws IOException {
        switch (value) {
            case Map<?, ?> map -> MAP.write(out, map);
            case List<?> list -> LIST.write(out, list);
            case Optional<?> optional when optional.isPresent() -> write(out, optional.get());
            case Enum<?> constant -> JsonType.of(constant.getDeclaringClass()).codec().write(out, constant);
            default -> JsonType.of(value.getClass()).codec().write(out, value);
        }
    }
}
