package io.ritsem.runtime.json;

import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.lang.reflect.AnnotatedParameterizedType;
import java.lang.reflect.AnnotatedType;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.math.BigDecimal;
import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;

import com.fasterxml.jackson.core.io.SerializedString;
import org.jspecify.annotations.Nullable;

import io.ritsem.domain.StableName;

/** Makes the codec of a type from its record components, once. Confined to one call. */
final class Derivation {

    private static final Map<Class<?>, Codec> SCALARS = Map.ofEntries(Map.entry(String.class, new TextCodec()),
            Map.entry(BigDecimal.class, new DecimalCodec()), Map.entry(int.class, new WholeCodec(true)),
            Map.entry(Integer.class, new WholeCodec(true)), Map.entry(long.class, new WholeCodec(false)),
            Map.entry(Long.class, new WholeCodec(false)), Map.entry(boolean.class, new BoolCodec()),
            Map.entry(Boolean.class, new BoolCodec()), Map.entry(Instant.class, new MomentCodec()),
            Map.entry(LocalDate.class, new DayCodec()), Map.entry(UUID.class, new UuidCodec()));

    private static final String SUPPORTED = "String, BigDecimal, int, long, boolean, Instant, LocalDate, UUID, enums, "
            + "List<T>, Map<String, T>, Optional<T>, records and sealed interfaces of records are";

    /** The records and interfaces that are being derived, outermost first. */
    private final Set<Class<?>> within = new LinkedHashSet<>();

    /** All records, interfaces and enums that were met. */
    private final Set<Class<?>> met = new LinkedHashSet<>();

    Codec of(Class<?> type) {
        return of(type, type.getName());
    }

    /** The records, sealed interfaces and enums that the codec was made of. */
    Set<Class<?>> met() {
        return Set.copyOf(met);
    }

    /** @param where the type or component that is spoken of in errors */
    private Codec of(Type type, String where) {
        return switch (type) {
            case Class<?> plain -> ofClass(plain, where);
            case ParameterizedType generic when generic.getRawType() == List.class ->
                    new ListCodec(ofElement(generic, 0, where));
            case ParameterizedType generic when generic.getRawType() == Map.class -> {
                if (generic.getActualTypeArguments()[0] != String.class) {
                    throw new UnsupportedTypeException(where, "has no JSON form: the keys of a map must be String");
                }
                yield new MapCodec(ofElement(generic, 1, where));
            }
            default -> throw unsupported(where, type);
        };
    }

    private Codec ofElement(ParameterizedType generic, int argument, String where) {
        return of(generic.getActualTypeArguments()[argument], where);
    }

    private Codec ofClass(Class<?> type, String where) {
        @Nullable Codec scalar = SCALARS.get(type);
        if (scalar != null) {
            return scalar;
        }
        met.add(type);
        if (type.isEnum()) {
            return new ChoiceCodec(type);
        }
        boolean record = type.isRecord();
        if (!record && !(type.isInterface() && type.isSealed())) {
            throw unsupported(where, type);
        }
        if (!within.add(type)) {
            throw new UnsupportedTypeException(where,
                    "has no JSON form: " + type.getName() + " contains itself; refer to it by an id instead");
        }
        if (within.size() > Json.DEEPEST) {
            throw new UnsupportedTypeException(where, "is nested deeper than " + Json.DEEPEST);
        }
        Codec codec = record ? ofRecord(type) : ofSealed(type);
        within.remove(type);
        return codec;
    }

    private static UnsupportedTypeException unsupported(String where, Type type) {
        String what = where.equals(type.getTypeName()) ? "" : " as a " + type.getTypeName();
        return new UnsupportedTypeException(where, "has no JSON form" + what + ": " + SUPPORTED + " supported");
    }

    private FieldsCodec ofRecord(Class<?> type) {
        if (type.getTypeParameters().length > 0) {
            throw new UnsupportedTypeException(type.getName(),
                    "has no JSON form: a record must not have type parameters");
        }
        List<Component> components = new ArrayList<>();
        RecordComponent[] declared = type.getRecordComponents();
        Class<?>[] parameters = new Class<?>[declared.length];
        try {
            MethodHandles.Lookup lookup = MethodHandles.privateLookupIn(type, MethodHandles.lookup());
            for (int i = 0; i < declared.length; i++) {
                parameters[i] = declared[i].getType();
                components.add(component(declared[i], lookup));
            }
            MethodHandle constructor = lookup.findConstructor(type, MethodType.methodType(void.class, parameters))
                    .asSpreader(Object[].class, parameters.length)
                    .asType(MethodType.methodType(Object.class, Object[].class));
            return new FieldsCodec(components, constructor);
        } catch (IllegalAccessException | NoSuchMethodException e) {
            throw new UnsupportedTypeException(type.getName(),
                    "cannot be read: its package must be open to the runtime (" + e.getMessage() + ")");
        }
    }

    private Component component(RecordComponent component, MethodHandles.Lookup lookup) throws IllegalAccessException {
        String where = component.getDeclaringRecord().getName() + "." + component.getName();
        boolean nullable = component.getAnnotatedType().isAnnotationPresent(Nullable.class);
        if (nullable && component.getType().isPrimitive()) {
            throw new UnsupportedTypeException(where, "is a primitive and cannot be null");
        }
        if (mayHoldNull(component.getAnnotatedType())) {
            throw new UnsupportedTypeException(where, "has no JSON form: what it holds must not be @Nullable");
        }
        Type type = component.getGenericType();
        Component.Presence presence = nullable ? Component.Presence.NULLABLE : Component.Presence.REQUIRED;
        if (type instanceof ParameterizedType generic && generic.getRawType() == Optional.class) {
            if (nullable) {
                throw new UnsupportedTypeException(where, "is an Optional and must not be null as well");
            }
            type = generic.getActualTypeArguments()[0];
            presence = Component.Presence.OPTIONAL;
        }
        MethodHandle accessor = lookup.unreflect(component.getAccessor())
                .asType(MethodType.methodType(Object.class, Object.class));
        return new Component(component.getName(), new SerializedString(component.getName()), of(type, where), presence,
                accessor);
    }

    private static boolean mayHoldNull(AnnotatedType type) {
        if (type instanceof AnnotatedParameterizedType generic) {
            for (AnnotatedType argument : generic.getAnnotatedActualTypeArguments()) {
                if (argument.isAnnotationPresent(Nullable.class) || mayHoldNull(argument)) {
                    return true;
                }
            }
        }
        return false;
    }

    private OneOfCodec ofSealed(Class<?> type) {
        Map<Class<?>, FieldsCodec> records = new LinkedHashMap<>();
        Set<String> names = new HashSet<>();
        for (Class<?> variant : variants(type)) {
            FieldsCodec fields = (FieldsCodec) ofClass(variant, variant.getName());
            if (!names.add(StableName.of(variant))) {
                throw new UnsupportedTypeException(variant.getName(),
                        "is the second record called '%s' in %s; fix the name of one with @Name"
                                .formatted(StableName.of(variant), type.getName()));
            }
            if (fields.shape().fields().containsKey(OneOfCodec.TAG)) {
                throw new UnsupportedTypeException(variant.getName() + "." + OneOfCodec.TAG,
                        "collides with the field that tells the variants of " + type.getName() + " apart; rename it");
            }
            records.put(variant, fields);
        }
        return new OneOfCodec(records);
    }

    private Set<Class<?>> variants(Class<?> type) {
        met.add(type);
        Set<Class<?>> variants = new LinkedHashSet<>();
        for (Class<?> permitted : type.getPermittedSubclasses()) {
            if (permitted.isRecord()) {
                variants.add(permitted);
            } else if (permitted.isInterface() && permitted.isSealed()) {
                variants.addAll(variants(permitted));
            } else {
                throw new UnsupportedTypeException(permitted.getName(), "has no JSON form: a sealed interface's "
                        + "subtypes must be records or sealed interfaces of records");
            }
        }
        return variants;
    }
}
