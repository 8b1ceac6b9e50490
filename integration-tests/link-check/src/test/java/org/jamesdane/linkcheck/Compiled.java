/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */

package org.jamesdane.linkcheck;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.stream.Collectors.joining;

import java.io.ByteArrayOutputStream;
import java.io.File;
import java.io.IOException;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

import javax.tools.ToolProvider;

/**
 * Jars out of sources in texts. A text holds one or more top-level types, each begun by its own {@code package} line.
 */
final class Compiled {
    private static final Pattern UNIT = Pattern.compile("(?ms)^package ([\\w.]+);.*?(?=^package |\\z)");
    private static final Pattern TYPE = Pattern.compile("(?m)^(?:public |abstract |final )*(?:class|interface|enum|@interface) (\\w+)");

    private Compiled() {
    }

    static Path jar(Path directory, String name, String sources, Path... classPath) throws IOException {
        Path sourceDirectory = Files.createDirectories(directory.resolve(name + "-sources"));
        Path classes = Files.createDirectories(directory.resolve(name + "-classes"));
        List<String> arguments = new ArrayList<>(List.of("--release", "17", "-proc:none", "-d", classes.toString()));
        if (classPath.length > 0) {
            arguments.addAll(List.of("-cp", Stream.of(classPath).map(Path::toString).collect(joining(File.pathSeparator))));
        }
        Matcher units = UNIT.matcher(sources);
        while (units.find()) {
            arguments.add(write(sourceDirectory, units.group(1), units.group()).toString());
        }
        ByteArrayOutputStream errors = new ByteArrayOutputStream();
        if (ToolProvider.getSystemJavaCompiler().run(null, null, errors, arguments.toArray(String[]::new)) != 0) {
            throw new IllegalArgumentException("Does not compile: " + errors.toString(UTF_8));
        }
        return pack(classes, directory.resolve(name + ".jar"));
    }

    /** Takes entries out of a jar again. */
    static void remove(Path jar, List<String> entries) throws IOException {
        try (FileSystem content = FileSystems.newFileSystem(jar)) {
            for (String entry : entries) {
                Files.delete(content.getPath(entry));
            }
        }
    }

    private static Path write(Path directory, String packageName, String unit) throws IOException {
        Matcher type = TYPE.matcher(unit);
        if (!type.find()) {
            throw new IllegalArgumentException("No type in: " + unit);
        }
        Path file = directory.resolve(packageName.replace('.', '/')).resolve(type.group(1) + ".java");
        Files.createDirectories(file.toAbsolutePath().getParent());
        return Files.writeString(file, unit);
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
