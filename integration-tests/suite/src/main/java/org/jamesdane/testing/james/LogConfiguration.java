/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */

package org.jamesdane.testing.james;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Logback's configuration for a James under test. Without one logback logs everything, which slows James down considerably.
 */
final class LogConfiguration {
    private LogConfiguration() {
    }

    /** The file that the setup's configuration has; otherwise one that writes to the standard output. */
    static Path forProcess(JamesSetup setup) {
        Path own = setup.conf().resolve("logback.xml");
        return setup.configuration().contains("logback.xml") ? own : write(own, template("logback-process.xml"));
    }

    /**
     * A directory for the class path of a James inside this JVM, where logback's first choice writes to the setup's log file. The
     * setup's own logback.xml is of no use there: it would write to the standard output of the tests.
     */
    static Path forClassPath(JamesSetup setup) {
        Path directory = setup.workingDirectory().resolve("log-configuration");
        write(directory.resolve("logback-test.xml"),
            template("logback-embedded.xml").replace("@LOG_FILE@", setup.logFile().toAbsolutePath().toString()));
        return directory;
    }

    private static Path write(Path file, String text) {
        try {
            Files.createDirectories(file.toAbsolutePath().getParent());
            return Files.writeString(file, text, UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String template(String name) {
        try (InputStream in = LogConfiguration.class.getResourceAsStream(name)) {
            if (in == null) {
                throw new IllegalStateException("The resource " + name + " is missing beside " + LogConfiguration.class);
            }
            return new String(in.readAllBytes(), UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
