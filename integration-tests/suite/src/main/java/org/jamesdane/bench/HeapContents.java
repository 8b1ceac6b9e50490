/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.bench;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Content of a Java process's heap after a full collection.
 *
 * @param octets all together
 * @param byClass octets of each class
 */
record HeapContents(long octets, Map<String, Long> byClass) {
    /** Number, instances, octets, class, and perhaps its module. */
    private static final Pattern LINE = Pattern.compile("\\s*\\d+:\\s+\\d+\\s+(\\d+)\\s+(\\S+).*");

    /** Asks the process, by the tool of this Java platform. */
    static HeapContents of(long process) {
        // TLS sockets of Java 17 have finalizers, which keep each and its buffers beyond the collection that finds it unused.
        ask(process, "GC.run");
        ask(process, "GC.run_finalization");
        Map<String, Long> found = new LinkedHashMap<>();
        for (String line : ask(process, "GC.class_histogram")) {
            Matcher matcher = LINE.matcher(line);
            if (matcher.matches()) {
                found.merge(matcher.group(2), Long.valueOf(matcher.group(1)), Long::sum);
            }
        }
        if (found.isEmpty()) {
            throw new IllegalStateException("The process " + process + " did not say what is on its heap");
        }
        return new HeapContents(found.values().stream().mapToLong(Long::longValue).sum(), found);
    }

    private static List<String> ask(long process, String command) {
        try {
            Process jcmd = new ProcessBuilder(Path.of(System.getProperty("java.home"), "bin", "jcmd").toString(),
                String.valueOf(process), command).redirectErrorStream(true).start();
            try (BufferedReader lines = new BufferedReader(new InputStreamReader(jcmd.getInputStream(), StandardCharsets.UTF_8))) {
                return lines.lines().toList();
            }
        } catch (IOException e) {
            throw new UncheckedIOException("The heap of the process " + process + " could not be looked at", e);
        }
    }

    double mebibytes() {
        return octets / 1048576.0;
    }

    /** The classes that have grown most since then, each with its growth in KiB. */
    List<String> growthSince(HeapContents before, int classes) {
        return byClass.entrySet().stream()
            .map(entry -> Map.entry(entry.getKey(), (entry.getValue() - before.byClass().getOrDefault(entry.getKey(), 0L)) / 1024))
            .sorted(Comparator.comparing(Map.Entry<String, Long>::getValue).reversed())
            .limit(classes)
            .map(entry -> entry.getKey() + " " + entry.getValue())
            .toList();
    }
}
