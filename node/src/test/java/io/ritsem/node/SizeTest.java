package io.ritsem.node;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import javax.tools.JavaCompiler;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;

import com.sun.source.tree.ClassTree;
import com.sun.source.tree.CompilationUnitTree;
import com.sun.source.tree.MethodTree;
import com.sun.source.tree.Tree;
import com.sun.source.util.JavacTask;
import com.sun.source.util.SourcePositions;
import com.sun.source.util.TreeScanner;
import com.sun.source.util.Trees;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/** The three limits of size that the style sets; all sources that are shipped keep them. */
class SizeTest {

    private static final int LINES_OF_A_FILE = 400;
    private static final int LINES_OF_A_METHOD = 40;
    private static final int PARAMETERS = 5;

    /** Classes whose constructor a library calls, and so dictates. */
    private static final Set<String> CALLED_BY_A_LIBRARY = Set.of("EntitySnapshotDao", "JournalDao");

    @Test void files_methods_and_parameter_lists_stay_small() throws IOException {
        List<Path> sources = Checkout.modules()
                .stream()
                .flatMap(module -> Checkout.mainSources(module).stream())
                .toList();
        assertThat(sources).as("sources").hasSizeGreaterThan(100);

        assertThat(tooLarge(sources)).as("larger than %d lines of a file, %d lines of a method or %d parameters",
                LINES_OF_A_FILE, LINES_OF_A_METHOD, PARAMETERS).isEmpty();
    }

    private static List<String> tooLarge(List<Path> sources) throws IOException {
        List<String> offenders = new ArrayList<>();
        JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
        try (StandardJavaFileManager files = compiler.getStandardFileManager(null, Locale.ROOT,
                StandardCharsets.UTF_8)) {
            JavacTask parser = (JavacTask) compiler.getTask(null, files, null, List.of("-proc:none"), null,
                    files.getJavaFileObjectsFromPaths(sources));
            SourcePositions positions = Trees.instance(parser).getSourcePositions();
            for (CompilationUnitTree unit : parser.parse()) {
                new Measure(unit, positions, offenders).scan(unit, null);
            }
        }
        return offenders;
    }

    /** Walks one file and notes what is too large. */
    private static final class Measure extends TreeScanner<@Nullable Void, @Nullable ClassTree> {

        private final CompilationUnitTree unit;
        private final SourcePositions positions;
        private final List<String> offenders;

        Measure(CompilationUnitTree unit, SourcePositions positions, List<String> offenders) {
            this.unit = unit;
            this.positions = positions;
            this.offenders = offenders;
        }

        @Override public @Nullable Void visitCompilationUnit(CompilationUnitTree file, @Nullable ClassTree within) {
            long lines = Checkout.read(Path.of(file.getSourceFile().toUri())).lines().count();
            if (lines > LINES_OF_A_FILE) {
                note(1, "the file has " + lines + " lines");
            }
            return super.visitCompilationUnit(file, within);
        }

        @Override public @Nullable Void visitClass(ClassTree type, @Nullable ClassTree within) {
            return super.visitClass(type, type);
        }

        @Override public @Nullable Void visitMethod(MethodTree method, @Nullable ClassTree within) {
            long first = line(positions.getStartPosition(unit, method));
            long lines = line(positions.getEndPosition(unit, method)) - first + 1;
            if (lines > LINES_OF_A_METHOD) {
                note(first, method.getName() + " has " + lines + " lines");
            }
            int parameters = method.getParameters().size();
            if (parameters > PARAMETERS && !isDictated(method, within)) {
                note(first, method.getName() + " has " + parameters + " parameters");
            }
            return super.visitMethod(method, within);
        }

        /** A record's components are its fields, and an overriding method has no choice. */
        private boolean isDictated(MethodTree method, @Nullable ClassTree within) {
            boolean overrides = method.getModifiers()
                    .getAnnotations()
                    .stream()
                    .anyMatch(annotation -> annotation.getAnnotationType().toString().equals("Override"));
            boolean constructs = method.getReturnType() == null;
            return overrides || (constructs && within != null && (within.getKind() == Tree.Kind.RECORD
                    || CALLED_BY_A_LIBRARY.contains(within.getSimpleName().toString())));
        }

        private long line(long position) {
            return unit.getLineMap().getLineNumber(position);
        }

        private void note(long line, String what) {
            offenders.add(Checkout.shown(Path.of(unit.getSourceFile().toUri())) + ':' + line + ' ' + what);
        }
    }
}
