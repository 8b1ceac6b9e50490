/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */

package org.jamesdane.testing.james;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.MalformedURLException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;

/**
 * James inside this JVM, for tests that want to be quick or to be debugged. It has a class loader of its own above which there is
 * only the JDK, so it sees nothing of the tests, and the tests see nothing of it; the extension comes from {@code extensions-jars}
 * as ever.
 */
public final class EmbeddedJames implements James {
    /** Otherwise James ends the whole JVM when it fails to start. */
    private static final String EXIT_ON_STARTUP_ERROR = "james.exit.on.startup.error";

    private final JamesSetup setup;
    private final Endpoints endpoints;
    private final URLClassLoader loader;
    private final Object server;

    private EmbeddedJames(JamesSetup setup, Endpoints endpoints, URLClassLoader loader, Object server) {
        this.setup = setup;
        this.endpoints = endpoints;
        this.loader = loader;
        this.server = server;
    }

    static EmbeddedJames start(JamesSetup setup, Endpoints endpoints) {
        System.setProperty(EXIT_ON_STARTUP_ERROR, "false");
        List<Path> classPath = new ArrayList<>(setup.installation().jars());
        classPath.add(LogConfiguration.forClassPath(setup));
        URLClassLoader loader = new URLClassLoader("James", urls(classPath), ClassLoader.getPlatformClassLoader());
        try {
            return inLoader(loader, () -> {
                EmbeddedJames james = new EmbeddedJames(setup, endpoints, loader, serverIn(loader, setup));
                call(james.server, "start");
                return james;
            });
        } catch (ReflectiveOperationException e) {
            Throwable cause = e.getCause() == null ? e : e.getCause();
            close(loader);
            throw new JamesDidNotStart("James failed to start: " + cause, OptionalInt.empty(),
                String.join("\n", new JamesLog(setup.logFile()).lines()), cause);
        }
    }

    /** {@code MemoryJamesServerMain.createServer(MemoryJamesConfiguration.builder().workingDirectory(...).build())}. */
    private static Object serverIn(ClassLoader loader, JamesSetup setup) throws ReflectiveOperationException {
        Class<?> configurationClass = loader.loadClass("org.apache.james.MemoryJamesConfiguration");
        Object builder = configurationClass.getMethod("builder").invoke(null);
        builder.getClass().getMethod("workingDirectory", File.class).invoke(builder, setup.workingDirectory().toFile());
        Object configuration = call(builder, "build");
        return loader.loadClass("org.apache.james.MemoryJamesServerMain")
            .getMethod("createServer", configurationClass).invoke(null, configuration);
    }

    private static Object call(Object target, String method) throws ReflectiveOperationException {
        return target.getClass().getMethod(method).invoke(target);
    }

    @Override
    public InetSocketAddress smtp() {
        return endpoints.smtp();
    }

    @Override
    public Webadmin webadmin() {
        return new Webadmin(endpoints.webadmin());
    }

    @Override
    public JamesLog log() {
        return new JamesLog(setup.logFile());
    }

    @Override
    public Path workingDirectory() {
        return setup.workingDirectory();
    }

    /** Stops James as a shutdown of its JVM would. */
    @Override
    public void close() {
        try {
            inLoader(loader, () -> call(server, "stop"));
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException("James failed to stop; its log ends with:\n" + log().tail(), e);
        } finally {
            close(loader);
        }
    }

    private static URL[] urls(List<Path> classPath) {
        return classPath.stream().map(EmbeddedJames::url).toArray(URL[]::new);
    }

    private static URL url(Path path) {
        try {
            return path.toUri().toURL();
        } catch (MalformedURLException e) {
            throw new IllegalArgumentException("Not usable in a class path: " + path, e);
        }
    }

    private static void close(URLClassLoader loader) {
        try {
            loader.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private interface Action<T> {
        T run() throws ReflectiveOperationException;
    }

    /** James and its libraries look for services and resources through the thread's context loader. */
    private static <T> T inLoader(ClassLoader loader, Action<T> action) throws ReflectiveOperationException {
        Thread thread = Thread.currentThread();
        ClassLoader before = thread.getContextClassLoader();
        thread.setContextClassLoader(loader);
        try {
            return action.run();
        } finally {
            thread.setContextClassLoader(before);
        }
    }
}
