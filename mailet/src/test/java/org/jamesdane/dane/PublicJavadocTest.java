/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.dane;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import javax.lang.model.element.Modifier;
import javax.tools.JavaCompiler;
import javax.tools.JavaFileObject;
import javax.tools.SimpleJavaFileObject;
import javax.tools.ToolProvider;

import com.sun.source.tree.AnnotationTree;
import com.sun.source.tree.ClassTree;
import com.sun.source.tree.CompilationUnitTree;
import com.sun.source.tree.MethodTree;
import com.sun.source.tree.ModifiersTree;
import com.sun.source.tree.Tree;
import com.sun.source.tree.VariableTree;
import com.sun.source.util.DocTrees;
import com.sun.source.util.JavacTask;
import com.sun.source.util.TreePath;
import com.sun.source.util.TreePathScanner;
import org.junit.jupiter.api.Test;

/** The rule that each public type and each public method has Javadoc; an overriding method may leave it to the overridden one. */
class PublicJavadocTest {
    private static final List<Path> MAIN = List.of(Path.of("../dns-validator/src/main/java"), Path.of("src/main/java"));

    /** Collects public types and methods without Javadoc. */
    private static final class Scanner extends TreePathScanner<Void, List<String>> {
        private final DocTrees trees;
        private final CompilationUnitTree file;

        Scanner(DocTrees trees, CompilationUnitTree file) {
            this.trees = trees;
            this.file = file;
        }

        @Override
        public Void visitClass(ClassTree type, List<String> findings) {
            if (isPublic(getCurrentPath(), type.getModifiers())) {
                check(type.getSimpleName().toString(), type, findings);
                return super.visitClass(type, findings);
            }
            // Nobody outside the package sees what it holds.
            return null;
        }

        @Override
        public Void visitMethod(MethodTree method, List<String> findings) {
            ClassTree type = (ClassTree) getCurrentPath().getParentPath().getLeaf();
            if (isPublic(getCurrentPath(), method.getModifiers()) && method.getReturnType() != null && !isOverriding(method)
                    && !isAccessor(type, method)) {
                check(type.getSimpleName() + "." + method.getName(), method, findings);
            }
            return null;
        }

        /** A record's accessor is described by its component. */
        private static boolean isAccessor(ClassTree type, MethodTree method) {
            return type.getKind() == Tree.Kind.RECORD && method.getParameters().isEmpty() && type.getMembers().stream()
                .anyMatch(member -> member instanceof VariableTree field && field.getName().equals(method.getName()));
        }

        private static boolean isOverriding(MethodTree method) {
            return method.getModifiers().getAnnotations().stream().map(AnnotationTree::getAnnotationType)
                .anyMatch(annotation -> annotation.toString().equals("Override"));
        }

        /** Members of an interface are public unless they say otherwise. */
        private static boolean isPublic(TreePath path, ModifiersTree modifiers) {
            Set<Modifier> flags = modifiers.getFlags();
            return flags.contains(Modifier.PUBLIC) || (path.getParentPath().getLeaf().getKind() == Tree.Kind.INTERFACE
                && !flags.contains(Modifier.PRIVATE));
        }

        private void check(String name, Tree tree, List<String> findings) {
            String comment = trees.getDocComment(getCurrentPath());
            if (comment == null || comment.isBlank()) {
                findings.add(Path.of(file.getSourceFile().toUri()).getFileName() + ":" + file.getLineMap().getLineNumber(
                    trees.getSourcePositions().getStartPosition(file, tree)) + ": " + name);
            }
        }
    }

    /** Source text under a name. */
    private static final class Source extends SimpleJavaFileObject {
        private final String text;

        Source(String name, String text) {
            super(URI.create("file:///" + name), Kind.SOURCE);
            this.text = text;
        }

        @Override
        public CharSequence getCharContent(boolean ignoreEncodingErrors) {
            return text;
        }
    }

    private static List<String> undocumented(Iterable<? extends JavaFileObject> sources) throws IOException {
        JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
        JavacTask task = (JavacTask) compiler.getTask(null, null, null, List.of("-proc:none"), null, sources);
        DocTrees trees = DocTrees.instance(task);
        List<String> findings = new ArrayList<>();
        for (CompilationUnitTree file : task.parse()) {
            new Scanner(trees, file).scan(file, findings);
        }
        return findings;
    }

    private static Source source(Path file) {
        try {
            return new Source(file.getFileName().toString(), Files.readString(file));
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    void shouldFindPublicTypesAndMethodsWithoutJavadoc() throws IOException {
        String text = """
            package a;
            /** A type. */
            public class Outer {
                public Outer() { }
                public void bare() { }
                /** Does it. */
                public void described() { }
                // No Javadoc.
                @Deprecated
                public int annotated() { return 1; }
                @Override
                public String toString() { return ""; }
                void hidden() { }
                public record Point(int x) {
                    public int x() { return x; }
                    public int y() { return x; }
                }
                /** A port. */
                public interface Port {
                    void implied();
                    private void own() { }
                }
                static class Hidden {
                    public void unseen() { }
                }
            }
            """;
        assertThat(undocumented(List.of(new Source("Outer.java", text)))).containsExactly("Outer.java:5: Outer.bare",
            "Outer.java:9: Outer.annotated", "Outer.java:14: Point", "Outer.java:16: Point.y", "Outer.java:20: Port.implied");
    }

    @Test
    void shouldDescribeEachPublicTypeAndMethod() throws IOException {
        List<Source> sources = new ArrayList<>();
        for (Path directory : MAIN) {
            try (Stream<Path> files = Files.walk(directory)) {
                sources.addAll(files.filter(file -> file.toString().endsWith(".java")).map(PublicJavadocTest::source)
                    .collect(Collectors.toList()));
            }
        }
        assertThat(sources).hasSizeGreaterThan(400);
        assertThat(undocumented(sources)).isEmpty();
    }
}
