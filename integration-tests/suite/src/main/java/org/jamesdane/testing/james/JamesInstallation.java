/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */

package org.jamesdane.testing.james;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/**
 * The jars of a James release.
 *
 * @param libraries the directory that holds them
 */
public record JamesInstallation(Path libraries) {
    /** The system property that names the directory of James's jars; the build sets it for the tests. */
    public static final String LIBRARIES_PROPERTY = "james.libraries";
    /** The system property that names the extension's jar for this line of James; the build sets it for the tests. */
    public static final String EXTENSION_PROPERTY = "james.extension";
    /** The system property that names the jars of James's ActiveMQ queue; the build sets it for the tests. */
    public static final String ACTIVEMQ_LIBRARIES_PROPERTY = "james.activemq.libraries";
    /** The system property that names the classes that start a James with it; the build sets it for the tests. */
    public static final String ACTIVEMQ_CLASSES_PROPERTY = "james.activemq.classes";
    /** The system property that names the jars of James's RabbitMQ queue; the build sets it for the tests. */
    public static final String RABBITMQ_LIBRARIES_PROPERTY = "james.rabbitmq.libraries";

    public JamesInstallation {
        if (!Files.isDirectory(libraries)) {
            throw new IllegalArgumentException(
                "There are no James jars in " + libraries + ": build the module integration-tests/james-3.8 first");
        }
    }

    /** The installation that the build has gathered. */
    public static JamesInstallation ofBuild() {
        return new JamesInstallation(pathFrom(LIBRARIES_PROPERTY));
    }

    /** The extension's jar as the build has packaged it. */
    public static Path extensionOfBuild() {
        return pathFrom(EXTENSION_PROPERTY);
    }

    /** James with queues that an embedded ActiveMQ keeps in files, as the build has gathered and compiled it. */
    public static Server activeMqOfBuild() {
        return new Server("org.jamesdane.testing.activemq.ActiveMqJames",
            List.of(pathFrom(ACTIVEMQ_CLASSES_PROPERTY).toString(), pathFrom(ACTIVEMQ_LIBRARIES_PROPERTY) + File.separator + "*"));
    }

    /** James with queues that a RabbitMQ keeps, as the build has gathered and compiled it. */
    public static Server rabbitMqOfBuild() {
        return new Server("org.jamesdane.testing.rabbitmq.RabbitMqJames",
            List.of(pathFrom(ACTIVEMQ_CLASSES_PROPERTY).toString(), pathFrom(RABBITMQ_LIBRARIES_PROPERTY) + File.separator + "*"));
    }

    String classPath(Server server) {
        return String.join(File.pathSeparator,
            Stream.concat(Stream.of(libraries.toAbsolutePath() + File.separator + "*"), server.furtherClassPath().stream()).toList());
    }

    /**
     * Server of an installation that is started.
     *
     * @param mainClass the class with the main method
     * @param furtherClassPath what it needs beside James's own jars
     */
    public record Server(String mainClass, List<String> furtherClassPath) {
        /** James as it is, with everything in memory. */
        public static final Server IN_MEMORY = new Server("org.apache.james.MemoryJamesServerMain", List.of());

        public Server {
            furtherClassPath = List.copyOf(furtherClassPath);
        }
    }

    /** James's jars, in the order of their names. */
    public List<Path> jars() {
        try (Stream<Path> files = Files.list(libraries)) {
            return files.filter(file -> file.toString().endsWith(".jar")).sorted().toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Path pathFrom(String property) {
        String value = System.getProperty(property);
        if (value == null) {
            throw new IllegalStateException("The system property " + property + " is not set; run the tests through mvn verify");
        }
        Path path = Path.of(value).toAbsolutePath().normalize();
        if (!Files.exists(path)) {
            throw new IllegalStateException("The system property " + property + " names " + path + ", which does not exist");
        }
        return path;
    }
}
