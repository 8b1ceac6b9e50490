/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */

package org.jamesdane.testing.james;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * Setup of a James: its jars, its configuration, the extensions dropped in, and a working directory, which the caller owns.
 *
 * <p>A configuration needs at least {@code smtpserver.xml} and {@code webadmin.properties}; where they listen is overruled.
 *
 * @param jvmOptions for a process of its own; without effect inside this JVM
 * @param startTimeout how long James may take until SMTP and webadmin answer
 */
public record JamesSetup(JamesInstallation installation, JamesConfiguration configuration, List<Path> extensions,
                         Path workingDirectory, List<String> jvmOptions, Duration startTimeout, JamesInstallation.Server server) {
    /** Seen are 4 to 7 seconds on an idle machine. */
    private static final Duration START_TIMEOUT = Duration.ofMinutes(Integer.getInteger("james.start.minutes", 2));
    /** The quick compiler alone: a James for a test lives for seconds, most of which the other one would take. A later option prevails. */
    private static final List<String> JVM_OPTIONS = List.of("-Xmx512m", "-XX:TieredStopAtLevel=1");

    public JamesSetup {
        extensions = List.copyOf(extensions);
        jvmOptions = List.copyOf(jvmOptions);
    }

    /** James as gathered by the build, without any extension. */
    public static JamesSetup of(JamesConfiguration configuration, Path workingDirectory) {
        return new JamesSetup(JamesInstallation.ofBuild(), configuration, List.of(), workingDirectory, JVM_OPTIONS, START_TIMEOUT,
            JamesInstallation.Server.IN_MEMORY);
    }

    /** This setup with another jar in {@code extensions-jars}. */
    public JamesSetup withExtension(Path jar) {
        List<Path> more = new ArrayList<>(extensions);
        more.add(jar);
        return new JamesSetup(installation, configuration, more, workingDirectory, jvmOptions, startTimeout, server);
    }

    /** This setup with the extension's jar as the build has packaged it. */
    public JamesSetup withOurExtension() {
        return withExtension(JamesInstallation.extensionOfBuild());
    }

    /** This setup with further options for the process's JVM. */
    public JamesSetup withJvmOptions(String... options) {
        List<String> more = new ArrayList<>(jvmOptions);
        more.addAll(List.of(options));
        return new JamesSetup(installation, configuration, extensions, workingDirectory, more, startTimeout, server);
    }

    /** This setup starting something else of the installation; for a process of its own. */
    public JamesSetup on(JamesInstallation.Server other) {
        return new JamesSetup(installation, configuration, extensions, workingDirectory, jvmOptions, startTimeout, other);
    }

    /** This setup with queues that outlive the process; for a process of its own. */
    public JamesSetup onActiveMq() {
        return new JamesSetup(installation, configuration, extensions, workingDirectory, jvmOptions, startTimeout,
            JamesInstallation.activeMqOfBuild());
    }

    /**
     * This setup with queues that other processes share; for a process of its own.
     *
     * @param properties the text of rabbitmq.properties
     * @param blobs the directory in which the messages are
     */
    public JamesSetup onRabbitMq(String properties, Path blobs) {
        List<String> options = new ArrayList<>(jvmOptions);
        options.add("-Dblobs.directory=" + blobs.toAbsolutePath());
        return new JamesSetup(installation, configuration.with("rabbitmq.properties", properties), extensions, workingDirectory, options,
            startTimeout, JamesInstallation.rabbitMqOfBuild());
    }

    /**
     * Starts James as a process of its own and waits until it accepts mail.
     *
     * @throws JamesDidNotStart when it ends by itself or is not ready in time
     */
    public RealJames startProcess() {
        Endpoints endpoints = Endpoints.fresh();
        writeTo(endpoints);
        return RealJames.start(this, endpoints);
    }

    /**
     * Starts James inside this JVM, in a class loader of its own, and waits until it accepts mail.
     *
     * @throws JamesDidNotStart when it fails
     */
    public EmbeddedJames startEmbedded() {
        Endpoints endpoints = Endpoints.fresh();
        writeTo(endpoints);
        return EmbeddedJames.start(this, endpoints);
    }

    Path conf() {
        return workingDirectory.resolve("conf");
    }

    Path logFile() {
        return workingDirectory.resolve("james.log");
    }

    private void writeTo(Endpoints endpoints) {
        try {
            Path jars = Files.createDirectories(workingDirectory.resolve("extensions-jars"));
            for (Path jar : extensions) {
                Files.copy(jar, jars.resolve(jar.getFileName()));
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        configuration.listeningOn(endpoints).writeTo(conf());
    }
}
