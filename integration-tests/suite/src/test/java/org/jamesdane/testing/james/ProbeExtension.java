/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */

package org.jamesdane.testing.james;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.stream.Collectors.joining;

import java.io.ByteArrayOutputStream;
import java.io.File;
import java.io.IOException;
import java.io.OutputStream;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.stream.Stream;

import javax.tools.ToolProvider;

/**
 * An extension of one mailet, compiled on the spot against the installed James: it says in the log which mail it got.
 */
final class ProbeExtension {
    static final String MAILET = "org.jamesdane.probe.ProbeMailet";

    private ProbeExtension() {
    }

    /** The minimal configuration, with the mailet in the place of what would send mail away. */
    static JamesConfiguration configuration() throws Exception {
        URI conf = resource("/minimal-conf");
        return JamesConfiguration.copyOf(Path.of(conf)).replacing("mailetcontainer.xml",
            "<mailet match=\"All\" class=\"ToRepository\"><repositoryPath>memory://var/mail/kept</repositoryPath></mailet>",
            "<mailet match=\"All\" class=\"" + MAILET + "\"/>");
    }

    /** Compiles the mailet into a jar in a directory. */
    static Path jarIn(Path directory) throws Exception {
        Path classes = Files.createDirectories(directory.resolve("probe-classes"));
        String classPath = Stream.concat(JamesInstallation.ofBuild().jars().stream(), Stream.of(JamesInstallation.extensionOfBuild()))
            .map(Path::toString).collect(joining(File.pathSeparator));
        ByteArrayOutputStream errors = new ByteArrayOutputStream();
        int failures = ToolProvider.getSystemJavaCompiler().run(null, null, errors, "--release", "17", "-proc:none",
            "-d", classes.toString(), "-cp", classPath, Path.of(resource("/probe/ProbeMailet.java")).toString());
        if (failures != 0) {
            throw new IllegalStateException("The probe mailet does not compile: " + errors.toString(UTF_8));
        }
        return jarOf(classes.resolve(MAILET.replace('.', '/') + ".class"), directory.resolve("probe.jar"));
    }

    static List<String> deliveriesIn(JamesLog log) {
        return log.linesWith("Got a mail from");
    }

    private static Path jarOf(Path classFile, Path jar) throws IOException {
        try (OutputStream out = Files.newOutputStream(jar); JarOutputStream entries = new JarOutputStream(out)) {
            entries.putNextEntry(new JarEntry(MAILET.replace('.', '/') + ".class"));
            Files.copy(classFile, entries);
            entries.closeEntry();
        }
        return jar;
    }

    private static URI resource(String name) throws Exception {
        return Objects.requireNonNull(ProbeExtension.class.getResource(name), name).toURI();
    }
}
