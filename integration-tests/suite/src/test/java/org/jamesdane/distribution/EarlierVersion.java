/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.distribution;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * The extension's JAR of 0.1.0 for James 3.8: the one that the property {@value #PROPERTY} names, or one that is built from its commit,
 * where the history is there.
 */
final class EarlierVersion {
    static final String PROPERTY = "upgrade.earlier-jar";
    /** Commit that 0.1.0 is. */
    private static final String COMMIT = "5432ded";
    private static final long MINUTES = 10;

    private EarlierVersion() {
    }

    /** The JAR; empty where there is neither a JAR nor the commit. */
    static Optional<Path> jar() throws IOException, InterruptedException {
        String given = System.getProperty(PROPERTY, "");
        if (!given.isEmpty()) {
            return Optional.of(Path.of(given));
        }
        Path project = DocCommand.project();
        Path tree = Path.of("target", "earlier-" + COMMIT).toAbsolutePath();
        if (run(project, "git", "cat-file", "-e", COMMIT + "^{commit}") != 0) {
            return Optional.empty();
        }
        if (found(tree).isEmpty()) {
            Files.createDirectories(tree);
            expect(run(project, "sh", "-c", "git archive " + COMMIT + " | tar -x -C '" + tree + "'"), "unpacked");
            List<String> build = List.of("mvn", "-B", "-q", "package", "-DskipTests", "-Dcheckstyle.skip", "-pl", "mailet", "-am");
            // What this build has needed is there already, in all likelihood.
            if (run(tree, Stream.concat(build.stream(), Stream.of("-o")).toArray(String[]::new)) != 0) {
                expect(run(tree, build.toArray(String[]::new)), "built");
            }
        }
        return Optional.of(found(tree).orElseThrow());
    }

    private static Optional<Path> found(Path tree) throws IOException {
        Path target = tree.resolve("mailet/target");
        if (!Files.isDirectory(target)) {
            return Optional.empty();
        }
        try (Stream<Path> jars = Files.list(target)) {
            return jars.filter(jar -> jar.toString().endsWith("-james-3.8.jar")).findFirst();
        }
    }

    private static void expect(int code, String what) {
        if (code != 0) {
            throw new IllegalStateException("0.1.0 could not be " + what + ": target/earlier.log says why");
        }
    }

    private static int run(Path directory, String... command) throws IOException, InterruptedException {
        File log = Path.of("target", "earlier.log").toFile();
        ProcessBuilder builder = new ProcessBuilder(command).directory(directory.toFile()).redirectErrorStream(true)
            .redirectInput(ProcessBuilder.Redirect.from(new File("/dev/null"))).redirectOutput(ProcessBuilder.Redirect.appendTo(log));
        builder.environment().put("JAVA_HOME", System.getProperty("java.home"));
        Process process = builder.start();
        if (!process.waitFor(MINUTES, TimeUnit.MINUTES)) {
            process.destroyForcibly();
            throw new IllegalStateException(String.join(" ", command) + " did not end within " + MINUTES + " minutes");
        }
        return process.exitValue();
    }
}
