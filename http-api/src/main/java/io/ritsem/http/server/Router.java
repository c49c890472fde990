package io.ritsem.http.server;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

import org.jspecify.annotations.Nullable;

import io.ritsem.http.problem.Problem;
import io.ritsem.http.problem.ProblemException;

/** Finds the route of a request. Immutable, thread-safe. */
final class Router {

    private final List<Template> templates;

    Router(List<Route> routes) {
        templates = routes.stream().map(Template::new).toList();
    }

    /** A route and what its path consists of. */
    record Template(Route route, List<String> segments) {

        Template(Route route) {
            this(route, split(route.template()));
        }

        boolean matches(List<String> path) {
            if (path.size() != segments.size()) {
                return false;
            }
            for (int i = 0; i < path.size(); i++) {
                if (!isVariable(i) && !segments.get(i).equals(path.get(i))) {
                    return false;
                }
            }
            return true;
        }

        private boolean isVariable(int segment) {
            return segments.get(segment).startsWith("{");
        }

        /** Which segment a variable is. */
        int indexOf(String variable) {
            int index = segments.indexOf('{' + variable + '}');
            if (index < 0) {
                throw new IllegalArgumentException("%s has no %s".formatted(route.template(), variable));
            }
            return index;
        }
    }

    /**
     * The route of a method and a path.
     *
     * @throws ProblemException 404 if there is none of this path, 405 if there is, but not for this method
     */
    Template find(String method, List<String> path) {
        String wanted = method.equals("HEAD") ? "GET" : method;
        @Nullable Template other = null;
        for (Template template : templates) {
            if (template.matches(path)) {
                if (template.route().method().equals(wanted)) {
                    return template;
                }
                other = template;
            }
        }
        throw other == null
                ? new ProblemException(Problem.of(404, "not-found", "There is nothing at this path; see /docs"))
                : new MethodNotAllowedException(allowed(path));
    }

    private Set<String> allowed(List<String> path) {
        Set<String> allowed = new TreeSet<>();
        for (Template template : templates) {
            if (template.matches(path)) {
                allowed.add(template.route().method());
                if (template.route().method().equals("GET")) {
                    allowed.add("HEAD");
                }
            }
        }
        allowed.add("OPTIONS");
        return allowed;
    }

    /** The raw segments of a path. */
    static List<String> split(String path) {
        List<String> segments = new ArrayList<>(6);
        int start = path.startsWith("/") ? 1 : 0;
        for (int slash = path.indexOf('/', start); slash >= 0; slash = path.indexOf('/', start)) {
            segments.add(path.substring(start, slash));
            start = slash + 1;
        }
        segments.add(path.substring(start));
        return segments;
    }
}
