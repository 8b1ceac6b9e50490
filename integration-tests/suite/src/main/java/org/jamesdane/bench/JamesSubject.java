/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.bench;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.BufferedReader;
import java.io.ByteArrayOutputStream;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import javax.tools.ToolProvider;

import org.jamesdane.testing.james.JamesConfiguration;
import org.jamesdane.testing.james.JamesInstallation;
import org.jamesdane.testing.james.JamesSetup;
import org.jamesdane.testing.james.RealJames;

/** A James with a gate before its outgoing queue, and one or the other mailet behind it. */
final class JamesSubject implements Subject {
    private static final Pattern SECURITY = Pattern.compile("\"security\":\"([a-z-]+)\"");
    private static final String GATED_MAIN = "org.apache.james.queue.memory.GatedJames";

    private final String name;
    private final RealJames james;
    private final int gatePort;
    private final Path log;

    private JamesSubject(String name, RealJames james, int gatePort, Path log) {
        this.log = log;
        this.name = name;
        this.james = james;
        this.gatePort = gatePort;
    }

    static JamesSubject start(String name, JamesConfiguration configuration, List<Path> extensions, Path directory,
            String... options) {
        int gatePort = freePort();
        JamesSetup setup = JamesSetup.of(configuration.with("logback.xml", LOGBACK), directory)
            .on(new JamesInstallation.Server(GATED_MAIN, List.of(compiled(directory).toString())))
            .withJvmOptions("-Xmx768m", "-XX:TieredStopAtLevel=4", "-Dbench.gate=" + gatePort)
            .withJvmOptions(options)
            .withJvmOptions(System.getProperty("bench.jvm", "-Dbench=1").split(" "));
        for (Path extension : extensions) {
            setup = setup.withExtension(extension);
        }
        return new JamesSubject(name, setup.startProcess(), gatePort, directory.resolve("log/bench.log"));
    }

    /** Warnings, and our audit lines, which belong to a delivery. */
    private static final String LOGBACK = """
        <configuration>
          <appender name="FILE" class="ch.qos.logback.core.FileAppender">
            <file>log/bench.log</file>
            <encoder><pattern>%d %-5level %logger{15} - %msg%n</pattern></encoder>
          </appender>
          <logger name="org.jamesdane" level="INFO"/>
          <root level="WARN"><appender-ref ref="FILE"/></root>
        </configuration>
        """;

    private static Path compiled(Path directory) {
        try (InputStream source = Objects.requireNonNull(JamesSubject.class.getResourceAsStream("/bench/GatedJames.java"))) {
            Path classes = Files.createDirectories(directory.resolve("gate-classes"));
            Path file = Files.createDirectories(directory.resolve("gate-source")).resolve("GatedJames.java");
            Files.write(file, source.readAllBytes());
            String classPath = JamesInstallation.ofBuild().jars().stream().map(Path::toString)
                .collect(Collectors.joining(File.pathSeparator));
            ByteArrayOutputStream errors = new ByteArrayOutputStream();
            if (ToolProvider.getSystemJavaCompiler().run(null, null, errors, "-proc:none", "-nowarn", "-d", classes.toString(),
                    "-cp", classPath, file.toString()) != 0) {
                throw new IllegalStateException("The gate does not compile: " + errors.toString(UTF_8));
            }
            return classes;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static int freePort() {
        try (ServerSocket probe = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return probe.getLocalPort();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public InetSocketAddress smtp() {
        return james.smtp();
    }

    @Override
    public void closeGate() {
        gate("close");
    }

    @Override
    public void openGate() {
        gate("open");
    }

    @Override
    public long queued() {
        return gate("count");
    }

    private long gate(String word) {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), gatePort);
                BufferedReader in = new BufferedReader(new InputStreamReader(socket.getInputStream(), UTF_8))) {
            socket.getOutputStream().write((word + "\n").getBytes(UTF_8));
            return Long.parseLong(Objects.requireNonNull(in.readLine()));
        } catch (IOException e) {
            throw new UncheckedIOException("The gate of " + name + " does not answer", e);
        }
    }

    @Override
    public Duration cpu() {
        return ProcessHandle.of(james.pid()).flatMap(process -> process.info().totalCpuDuration())
            .orElseThrow(() -> new IllegalStateException(name + " has ended"));
    }

    @Override
    public long peakMemory() {
        try {
            return Files.readAllLines(Path.of("/proc", String.valueOf(james.pid()), "status")).stream()
                .filter(line -> line.startsWith("VmHWM:"))
                .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")) / 1024).findFirst().orElse(0);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Throws away what waits in the outgoing queue. */
    void clearQueue() {
        gate("clear");
    }

    /** Content of the heap in use after a full collection. */
    HeapContents heap() {
        return HeapContents.of(james.pid());
    }

    @Override
    public String security() {
        try (Stream<String> lines = Files.lines(log)) {
            Map<String, Integer> deliveries = new TreeMap<>();
            lines.map(SECURITY::matcher).filter(Matcher::find).forEach(found -> deliveries.merge(found.group(1), 1, Integer::sum));
            return "deliveries " + deliveries;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        if (Boolean.getBoolean("bench.keep")) {
            // What is to be looked at afterwards includes what the JVM writes at its end.
            int exitCode = james.stop();
            System.err.println(name + " has ended with " + exitCode);
        }
        james.close();
    }
}
