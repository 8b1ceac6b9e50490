/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */

package org.jamesdane.linkcheck;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import java.util.stream.Stream;
import java.util.zip.ZipFile;

/**
 * The classes of some jars. Of a class that several jars have, the first jar's counts.
 */
final class JarClasses implements Classes, AutoCloseable {
    private static final String SUFFIX = ".class";

    private final List<JarFile> jars = new ArrayList<>();
    private final Map<String, JarFile> places = new HashMap<>();
    private final Map<String, ClassModel> models = new ConcurrentHashMap<>();

    private JarClasses(List<Path> paths) throws IOException {
        for (Path path : paths) {
            JarFile jar = new JarFile(path.toFile(), false, ZipFile.OPEN_READ, Runtime.version());
            jars.add(jar);
            jar.versionedStream().map(JarEntry::getName)
                .filter(entry -> entry.endsWith(SUFFIX) && !entry.endsWith("module-info.class"))
                .forEach(entry -> places.putIfAbsent(entry.substring(0, entry.length() - SUFFIX.length()), jar));
        }
    }

    static JarClasses of(Path... paths) {
        try {
            return new JarClasses(List.of(paths));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The classes of all jars in a directory. */
    static JarClasses in(Path directory) {
        try (Stream<Path> files = Files.list(directory)) {
            return of(files.filter(file -> file.toString().endsWith(".jar")).sorted().toArray(Path[]::new));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    Set<String> names() {
        return new TreeSet<>(places.keySet());
    }

    @Override
    public Optional<ClassModel> find(String name) {
        return places.containsKey(name)
            ? Optional.of(models.computeIfAbsent(name, missing -> ClassModel.of(bytes(missing))))
            : Optional.empty();
    }

    byte[] bytes(String name) {
        JarFile jar = places.get(name);
        if (jar == null) {
            throw new IllegalArgumentException("There is no class " + name);
        }
        try (InputStream in = jar.getInputStream(jar.getJarEntry(name + SUFFIX))) {
            return in.readAllBytes();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        try {
            for (JarFile jar : jars) {
                jar.close();
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
