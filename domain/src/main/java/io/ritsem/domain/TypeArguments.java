package io.ritsem.domain;

import java.lang.reflect.ParameterizedType;
import java.lang.reflect.Type;
import java.util.ArrayList;
import java.util.List;

/** Reads what a class put for the type parameters of an interface that it implements directly. Stateless. */
final class TypeArguments {

    private TypeArguments() {}

    static List<Class<?>> of(Object instance, Class<?> contract) {
        for (Type implemented : instance.getClass().getGenericInterfaces()) {
            if (implemented instanceof ParameterizedType type && type.getRawType().equals(contract)) {
                List<Class<?>> arguments = new ArrayList<>();
                for (Type argument : type.getActualTypeArguments()) {
                    if (!(argument instanceof Class<?> known)) {
                        throw open(instance, contract);
                    }
                    arguments.add(known);
                }
                return arguments;
            }
        }
        throw open(instance, contract);
    }

    private static IllegalArgumentException open(Object instance, Class<?> contract) {
        return new IllegalArgumentException(
                "%s must implement %s directly and with classes as type arguments; a lambda does not tell its types"
                        .formatted(instance.getClass().getName(), contract.getSimpleName()));
    }
}
