/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.testing.postgres;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;

/**
 * A PostgreSQL server on a loopback address, at a port that was free, with a cluster in a temporary directory; both end with it.
 *
 * <p>PostgreSQL refuses to run as root: then it runs as the user {@code postgres}, whom Debian's package brings along.
 */
public final class TestPostgres implements AutoCloseable {
    public static final String USER = "dane";
    /** Looked for in logs. */
    public static final String PASSWORD = "a-secret-of-the-database";
    /** Set where a machine without PostgreSQL must not pass for one on which all is well. */
    public static final String REQUIRED = "postgres.required";

    private static final String HOST = "127.0.0.1";
    private static final long SECONDS = 120;
    private static final Path DEBIAN = Path.of("/usr/lib/postgresql");

    private final Path programs;
    private final Path directory;
    private final int port;
    private final AtomicInteger databases = new AtomicInteger();
    private final Thread atExit = new Thread(this::end);

    private TestPostgres(Path programs) throws IOException {
        this.programs = programs;
        this.directory = Path.of(run(List.of("mktemp", "-d", "/tmp/dane-postgres-XXXXXXXX")).strip());
        this.port = freePort();
    }

    /** Tests if there is a PostgreSQL on this machine. */
    public static boolean isInstalled() {
        if (Boolean.getBoolean(REQUIRED) && programs().isEmpty()) {
            throw new IllegalStateException("There is no PostgreSQL on this machine, and -D" + REQUIRED + "=true asks for one: install "
                + "Debian's postgresql");
        }
        return programs().isPresent();
    }

    private static Optional<Path> programs() {
        if (Files.isDirectory(DEBIAN)) {
            try (Stream<Path> versions = Files.list(DEBIAN)) {
                return versions.filter(version -> Files.isExecutable(version.resolve("bin/initdb")))
                    .max(Comparator.comparingInt(version -> Integer.parseInt(DEBIAN.relativize(version).toString())))
                    .map(version -> version.resolve("bin"));
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
        return Arrays.stream(System.getenv("PATH").split(":", -1)).map(Path::of)
            .filter(bin -> Files.isExecutable(bin.resolve("initdb")) && Files.isExecutable(bin.resolve("pg_ctl"))).findFirst();
    }

    /** Makes a cluster and starts it. */
    public static TestPostgres start() {
        try {
            TestPostgres postgres = new TestPostgres(programs().orElseThrow());
            Runtime.getRuntime().addShutdownHook(postgres.atExit);
            postgres.initialise();
            postgres.resume();
            return postgres;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void initialise() throws IOException {
        String secret = directory.resolve("password").toString();
        run(List.of("sh", "-c", "umask 077; printf '%s' '" + PASSWORD + "' > " + secret));
        run(List.of(programs.resolve("initdb").toString(), "-D", data(), "-U", USER, "--pwfile=" + secret, "--auth=scram-sha-256",
            "--encoding=UTF8", "--locale=C", "--no-sync"));
    }

    /** Starts the server, again if it was stopped. */
    public void resume() {
        run(List.of(programs.resolve("pg_ctl").toString(), "-D", data(), "-w", "-l", directory.resolve("log").toString(), "-o",
            "-h " + HOST + " -p " + port + " -k " + directory + " -F -c shared_buffers=16MB -c max_connections=40", "start"));
    }

    /** Stops the server as a crash would; its data stays. */
    public void stop() {
        run(List.of(programs.resolve("pg_ctl").toString(), "-D", data(), "-w", "-m", "immediate", "stop"));
    }

    /** The URL of a new, empty database. */
    public String newDatabase() {
        String name = "test" + databases.incrementAndGet();
        sql("postgres", "CREATE DATABASE " + name);
        return "jdbc:postgresql://" + HOST + ":" + port + "/" + name;
    }

    /** Runs a statement, or a query whose rows are given back as text, in the database of that URL. */
    public String query(String url, String statement) {
        return sql(url.substring(url.lastIndexOf('/') + 1), statement);
    }

    private String sql(String database, String statement) {
        return run(List.of("env", "PGPASSWORD=" + PASSWORD, programs.resolve("psql").toString(), "-h", HOST, "-p",
            String.valueOf(port), "-U", USER, "-d", database, "-v", "ON_ERROR_STOP=1", "-qtAc", statement)).strip();
    }

    private String data() {
        return directory.resolve("data").toString();
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    /** Runs a command and returns its output. */
    private static String run(List<String> command) {
        List<String> whole = new ArrayList<>();
        if ("root".equals(System.getProperty("user.name"))) {
            whole.addAll(List.of("setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups", "--reset-env"));
        }
        whole.addAll(command);
        try {
            Path output = Files.createTempFile("dane-postgres-", ".out");
            try {
                // To a file: a server that was started holds on to a pipe.
                Process process = new ProcessBuilder(whole).directory(Path.of("/").toFile()).redirectErrorStream(true)
                    .redirectOutput(output.toFile()).start();
                boolean ended = process.waitFor(SECONDS, TimeUnit.SECONDS);
                String text = Files.readString(output, UTF_8);
                if (!ended || process.exitValue() != 0) {
                    process.destroyForcibly();
                    throw new IllegalStateException(command + " failed: " + text);
                }
                return text;
            } finally {
                Files.delete(output);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    private void end() {
        run(List.of("sh", "-c", programs.resolve("pg_ctl") + " -D " + data() + " -m immediate stop || true; rm -rf " + directory));
    }

    @Override
    public void close() {
        Runtime.getRuntime().removeShutdownHook(atExit);
        end();
    }
}
