/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */

package org.jamesdane.linkcheck;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * A list of classes in a resource: one name or, with a final {@code *}, one beginning of names per line; {@code #} begins a comment.
 */
final class ListedClasses {
    private final Set<String> lines;
    private final Set<String> used = new TreeSet<>();

    private ListedClasses(Set<String> lines) {
        this.lines = lines;
    }

    static ListedClasses of(String text) {
        return new ListedClasses(text.lines().map(line -> line.replaceAll("#.*", "").strip()).filter(line -> !line.isEmpty())
            .map(line -> line.replace('.', '/')).collect(Collectors.toCollection(TreeSet::new)));
    }

    static ListedClasses resource(String name) {
        try (InputStream in = ListedClasses.class.getResourceAsStream(name)) {
            if (in == null) {
                throw new IllegalArgumentException("There is no resource " + name);
            }
            return of(new String(in.readAllBytes(), UTF_8));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Tests whether a class, by its internal name, is on the list. */
    boolean contains(String name) {
        Set<String> matching = lines.stream().filter(line -> matches(line, name)).collect(Collectors.toSet());
        used.addAll(matching);
        return !matching.isEmpty();
    }

    /** Lines that no question has touched so far: what they were written for is gone. */
    Set<String> unused() {
        Set<String> unused = new TreeSet<>(lines);
        unused.removeAll(used);
        return unused;
    }

    private static boolean matches(String line, String name) {
        return line.endsWith("*") ? name.startsWith(line.substring(0, line.length() - 1)) : name.equals(line);
    }
}
