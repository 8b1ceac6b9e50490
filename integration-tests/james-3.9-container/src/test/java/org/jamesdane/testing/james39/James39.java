/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */

package org.jamesdane.testing.james39;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.File;
import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;

import org.jamesdane.testing.james.JamesConfiguration;
import org.jamesdane.testing.james.JamesLog;

/**
 * A James 3.9 inside this JVM, in a class loader above which there is only the JDK: the far side of it is {@code MailetContainer}
 * in src/container/java.
 */
final class James39 implements AutoCloseable {
    private static final String LOGBACK = """
        <configuration>
          <appender name="FILE" class="ch.qos.logback.core.FileAppender">
            <file>%s</file>
            <encoder>
              <pattern>%%d{HH:mm:ss.SSS} %%-5level %%logger - %%msg%%n%%ex</pattern>
            </encoder>
          </appender>
          <root level="WARN">
            <appender-ref ref="FILE"/>
          </root>
          <logger name="org.apache.james" level="INFO"/>
          <logger name="org.jamesdane" level="INFO"/>
        </configuration>
        """;

    private final URLClassLoader loader;
    private final Object container;
    private final JamesLog log;

    private James39(URLClassLoader loader, Object container, JamesLog log) {
        this.loader = loader;
        this.container = container;
        this.log = log;
    }

    /** Starts James with some extensions dropped in, in a directory that is the caller's. */
    static James39 start(JamesConfiguration configuration, Path directory, Path... extensions)
            throws ReflectiveOperationException, IOException {
        // Otherwise James ends the whole JVM when it fails to start.
        System.setProperty("james.exit.on.startup.error", "false");
        JamesLog log = new JamesLog(directory.resolve("james.log"));
        configuration.writeTo(directory.resolve("conf"));
        Path jars = Files.createDirectories(directory.resolve("extensions-jars"));
        for (Path extension : extensions) {
            Files.copy(extension, jars.resolve(extension.getFileName()));
        }
        Path logConfiguration = Files.createDirectories(directory.resolve("log-configuration"));
        Files.writeString(logConfiguration.resolve("logback-test.xml"), LOGBACK.formatted(log.file().toAbsolutePath()), UTF_8);

        URLClassLoader loader = new URLClassLoader("James 3.9", classPath(logConfiguration), ClassLoader.getPlatformClassLoader());
        try {
            Object container = in(loader, () -> loader.loadClass("org.jamesdane.testing.james39.MailetContainer")
                .getMethod("start", File.class).invoke(null, directory.toFile()));
            return new James39(loader, container, log);
        } catch (ReflectiveOperationException | RuntimeException e) {
            loader.close();
            throw e;
        }
    }

    static Path extensionOfBuild() {
        return path("james39.extension");
    }

    void submit(String sender, List<String> recipients, String message) throws ReflectiveOperationException {
        in(loader, () -> container.getClass().getMethod("submit", String.class, List.class, byte[].class)
            .invoke(container, sender, recipients, message.replace("\n", "\r\n").getBytes(UTF_8)));
    }

    long sizeOf(String repositoryUrl) throws ReflectiveOperationException {
        return (Long) in(loader, () -> container.getClass().getMethod("sizeOf", String.class).invoke(container, repositoryUrl));
    }

    JamesLog log() {
        return log;
    }

    @Override
    public void close() throws ReflectiveOperationException, IOException {
        in(loader, () -> {
            container.getClass().getMethod("stop").invoke(container);
            return "stopped";
        });
        loader.close();
    }

    private static URL[] classPath(Path logConfiguration) throws IOException {
        List<URL> urls = new ArrayList<>(List.of(logConfiguration.toUri().toURL(), path("james39.container").toUri().toURL()));
        try (Stream<Path> files = Files.list(path("james39.libraries"))) {
            for (Path jar : files.filter(file -> file.toString().endsWith(".jar")).sorted().toList()) {
                urls.add(jar.toUri().toURL());
            }
        }
        return urls.toArray(URL[]::new);
    }

    private static Path path(String property) {
        return Path.of(Objects.requireNonNull(System.getProperty(property), property + " is set by the build; run mvn verify"))
            .toAbsolutePath().normalize();
    }

    private interface Action {
        Object run() throws ReflectiveOperationException;
    }

    private static Object in(ClassLoader loader, Action action) throws ReflectiveOperationException {
        Thread thread = Thread.currentThread();
        ClassLoader before = thread.getContextClassLoader();
        thread.setContextClassLoader(loader);
        try {
            return action.run();
        } catch (InvocationTargetException e) {
            throw new IllegalStateException("James 3.9 failed", e.getCause());
        } finally {
            thread.setContextClassLoader(before);
        }
    }
}
