/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */

package org.jamesdane.linkcheck;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.StringWriter;
import java.net.URI;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

import javax.tools.JavaCompiler;
import javax.tools.SimpleJavaFileObject;
import javax.tools.StandardJavaFileManager;
import javax.tools.StandardLocation;
import javax.tools.ToolProvider;

/**
 * Jars out of sources in texts. A text holds one or more top-level types, each begun by its own {@code package} line.
 */
final class Compiled {
    private static final JavaCompiler COMPILER = ToolProvider.getSystemJavaCompiler();
    /** Kept from one compilation to the next: it knows the JDK's classes by then. */
    private static final StandardJavaFileManager FILES = COMPILER.getStandardFileManager(null, null, UTF_8);
    private static final Pattern UNIT = Pattern.compile("(?ms)^package ([\\w.]+);.*?(?=^package |\\z)");
    private static final Pattern TYPE = Pattern.compile("(?m)^(?:public |abstract |final )*(?:class|interface|enum|@interface) (\\w+)");

    private Compiled() {
    }

    static Path jar(Path directory, String name, String sources, Path... classPath) throws IOException {
        Path classes = Files.createDirectories(directory.resolve(name + "-classes"));
        FILES.setLocationFromPaths(StandardLocation.CLASS_OUTPUT, List.of(classes));
        FILES.setLocationFromPaths(StandardLocation.CLASS_PATH, List.of(classPath));
        StringWriter errors = new StringWriter();
        List<SourceText> units = UNIT.matcher(sources).results().map(unit -> SourceText.of(unit.group(1), unit.group())).toList();
        if (!COMPILER.getTask(errors, FILES, null, List.of("-proc:none"), null, units).call()) {
            throw new IllegalArgumentException("Does not compile: " + errors);
        }
        return pack(classes, directory.resolve(name + ".jar"));
    }

    private static final class SourceText extends SimpleJavaFileObject {
        private final String text;

        private SourceText(String path, String text) {
            super(URI.create("text:///" + path), Kind.SOURCE);
            this.text = text;
        }

        static SourceText of(String packageName, String text) {
            Matcher type = TYPE.matcher(text);
            if (!type.find()) {
                throw new IllegalArgumentException("No type in: " + text);
            }
            return new SourceText(packageName.replace('.', '/') + "/" + type.group(1) + ".java", text);
        }

        @Override
        public CharSequence getCharContent(boolean ignoreEncodingErrors) {
            return text;
        }
    }

    /** Takes entries out of a jar again. */
    static void remove(Path jar, List<String> entries) throws IOException {
        try (FileSystem content = FileSystems.newFileSystem(jar)) {
            for (String entry : entries) {
                Files.delete(content.getPath(entry));
            }
        }
    }

    private static Path pack(Path classes, Path jar) throws IOException {
        try (JarOutputStream out = new JarOutputStream(Files.newOutputStream(jar)); Stream<Path> files = Files.walk(classes)) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                out.putNextEntry(new JarEntry(classes.relativize(file).toString()));
                Files.copy(file, out);
                out.closeEntry();
            }
        }
        return jar;
    }
}
