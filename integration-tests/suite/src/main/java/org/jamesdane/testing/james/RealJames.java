/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */

package org.jamesdane.testing.james;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.TimeUnit;

/**
 * James as a process of its own, started from its jars as its documentation says. It ends with {@link #close()}, and with this JVM at
 * the latest.
 */
public final class RealJames implements James {
    /** File that {@link #loadedClasses()} reads; given to the JVM by {@link #RECORD_LOADED_CLASSES}. */
    private static final String LOADED_CLASSES_FILE = "loaded-classes.log";
    /** An option for {@link JamesSetup#withJvmOptions} that makes {@link #loadedClasses()} available. */
    public static final String RECORD_LOADED_CLASSES = "-Xlog:class+load=info:file=" + LOADED_CLASSES_FILE + ":none";
    /** Longest time for James to stop when it is asked to. */
    private static final Duration STOP_TIMEOUT = Duration.ofSeconds(60);

    private final JamesSetup setup;
    private final Endpoints endpoints;
    private final Process process;
    private final Thread hook;

    private RealJames(JamesSetup setup, Endpoints endpoints, Process process) {
        this.setup = setup;
        this.endpoints = endpoints;
        this.process = process;
        this.hook = new Thread(process::destroyForcibly, "end James " + process.pid());
    }

    static RealJames start(JamesSetup setup, Endpoints endpoints) {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(setup.jvmOptions());
        command.add("-Dworking.directory=" + setup.workingDirectory().toAbsolutePath() + File.separator);
        command.add("-Dlogback.configurationFile=" + LogConfiguration.forProcess(setup));
        command.addAll(List.of("-cp", setup.installation().classPath(setup.server()), setup.server().mainClass()));
        try {
            RealJames james = new RealJames(setup, endpoints, new ProcessBuilder(command)
                .directory(setup.workingDirectory().toFile())
                .redirectInput(ProcessBuilder.Redirect.from(new File("/dev/null")))
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(setup.logFile().toFile()))
                .start());
            Runtime.getRuntime().addShutdownHook(james.hook);
            james.awaitReadiness();
            return james;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void awaitReadiness() {
        Optional<Boolean> ready = Waiting.until(
            () -> process.isAlive() ? Optional.of(true).filter(alive -> isReady()) : Optional.of(false), setup.startTimeout());
        if (!ready.orElse(false)) {
            OptionalInt exitCode = process.isAlive() ? OptionalInt.empty() : OptionalInt.of(process.exitValue());
            close();
            throw new JamesDidNotStart(exitCode.isPresent()
                ? "James ended with exit code " + exitCode.getAsInt()
                : "James was not ready within " + setup.startTimeout(), exitCode, String.join("\n", log().lines()), null);
        }
    }

    private boolean isReady() {
        return SmtpSubmission.greets(smtp()) && webadmin().answers();
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

    /** The process's id. */
    public long pid() {
        return process.pid();
    }

    /** Classes that James has loaded, and from where; needs {@link #RECORD_LOADED_CLASSES}. */
    public List<LoadedClass> loadedClasses() {
        return LoadedClass.readFrom(setup.workingDirectory().resolve(LOADED_CLASSES_FILE));
    }

    /** Ends the process as a power cut would ({@code kill -9}), and waits until it is gone. */
    public void kill() {
        process.destroyForcibly();
        awaitEnd();
        forgetHook();
    }

    /**
     * Asks the process to stop, as {@code systemctl stop} would, and waits until it is gone.
     *
     * @return its exit code; 143 is a process that followed SIGTERM
     */
    public int stop() {
        process.destroy();
        int exitCode = awaitEnd();
        forgetHook();
        return exitCode;
    }

    /** Starts James again in the same directory and on the same ports, after it was killed or stopped. */
    public RealJames restart() {
        if (process.isAlive()) {
            throw new IllegalStateException("James (process " + process.pid() + ") still runs: stop or kill it first");
        }
        return start(setup, endpoints);
    }

    /** Kills the process if it still runs. */
    @Override
    public void close() {
        kill();
    }

    private int awaitEnd() {
        try {
            if (!process.waitFor(STOP_TIMEOUT.toMillis(), TimeUnit.MILLISECONDS)) {
                process.destroyForcibly();
                throw new IllegalStateException("James did not stop within " + STOP_TIMEOUT + "; its log ends with:\n" + log().tail());
            }
            return process.exitValue();
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
            throw new IllegalStateException("Interrupted while James was stopping", e);
        }
    }

    private void forgetHook() {
        try {
            Runtime.getRuntime().removeShutdownHook(hook);
        } catch (IllegalStateException shuttingDown) {
            // Then the hook itself is being run, and finds a process that has ended.
            return;
        }
    }
}
