/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.testing.broker;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import org.jamesdane.testing.james.Waiting;

/**
 * Debian's RabbitMQ as a child process, with its data below a directory of the test and all its ports on the loopback address. It ends with
 * {@link #close()}, and with this JVM at the latest.
 */
public final class TestRabbitMq implements AutoCloseable {
    private static final Path PROGRAM = Path.of("/usr/lib/rabbitmq/bin/rabbitmq-server");
    private static final String HOST = "127.0.0.1";
    private static final String GUEST = "guest";
    private static final Duration PATIENCE = Duration.ofMinutes(2);
    private static final HttpClient CLIENT = HttpClient.newHttpClient();
    private static final ObjectMapper JSON = new ObjectMapper();

    private final Path directory;
    private final Ports ports;
    private final Process names;
    private final Thread atExit = new Thread(this::end, "end RabbitMQ");
    private Optional<Process> server = Optional.empty();

    private record Ports(int amqp, int management, int names, int distribution) {
        static Ports free() throws IOException {
            List<ServerSocket> sockets = new ArrayList<>();
            try {
                for (int i = 0; i < 4; i++) {
                    sockets.add(new ServerSocket(0, 1, InetAddress.getLoopbackAddress()));
                }
                return new Ports(sockets.get(0).getLocalPort(), sockets.get(1).getLocalPort(), sockets.get(2).getLocalPort(),
                    sockets.get(3).getLocalPort());
            } finally {
                for (ServerSocket socket : sockets) {
                    socket.close();
                }
            }
        }
    }

    private TestRabbitMq(Path directory, Ports ports, Process names) {
        this.directory = directory;
        this.ports = ports;
        this.names = names;
    }

    /**
     * Starts one.
     *
     * @param consumerTimeout how long a consumer may leave a message unacknowledged until its channel is closed
     */
    public static TestRabbitMq start(Path directory, Duration consumerTimeout) {
        if (!Files.isExecutable(PROGRAM)) {
            throw new IllegalStateException("There is no RabbitMQ on this machine: install Debian's rabbitmq-server");
        }
        try {
            Ports ports = Ports.free();
            Files.writeString(directory.resolve("rabbitmq.conf"), """
                listeners.tcp.1 = %1$s:%2$d
                management.tcp.ip = %1$s
                management.tcp.port = %3$d
                consumer_timeout = %4$d
                disk_free_limit.absolute = 50MB
                """.formatted(HOST, ports.amqp, ports.management, consumerTimeout.toMillis()));
            // How often it looks whether a consumer's time is over: every minute by default.
            Files.writeString(directory.resolve("advanced.config"), "[{rabbit, [{channel_tick_interval, 5000}]}].\n");
            Files.writeString(directory.resolve("plugins"), "[rabbitmq_management].\n");
            // Erlang would start one itself, which listens on every address and outlives the server.
            Process names = new ProcessBuilder("epmd", "-address", HOST, "-port", String.valueOf(ports.names)).redirectErrorStream(true)
                .redirectOutput(directory.resolve("names.log").toFile()).start();
            TestRabbitMq broker = new TestRabbitMq(directory, ports, names);
            Runtime.getRuntime().addShutdownHook(broker.atExit);
            broker.resume();
            return broker;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Starts the server, again if it was stopped. */
    public void resume() {
        ProcessBuilder builder = new ProcessBuilder(PROGRAM.toString()).directory(directory.toFile())
            .redirectInput(ProcessBuilder.Redirect.from(new File("/dev/null"))).redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.appendTo(serverLog().toFile()));
        builder.environment().putAll(Map.ofEntries(
            Map.entry("HOME", directory.toString()),
            Map.entry("ERL_EPMD_ADDRESS", HOST),
            Map.entry("ERL_EPMD_PORT", String.valueOf(ports.names)),
            Map.entry("RABBITMQ_NODENAME", "dane@localhost"),
            Map.entry("RABBITMQ_DIST_PORT", String.valueOf(ports.distribution)),
            Map.entry("RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS", "-kernel inet_dist_use_interface {127,0,0,1}"),
            Map.entry("RABBITMQ_CONF_ENV_FILE", "/dev/null"),
            Map.entry("RABBITMQ_CONFIG_FILE", directory.resolve("rabbitmq.conf").toString()),
            Map.entry("RABBITMQ_ADVANCED_CONFIG_FILE", directory.resolve("advanced.config").toString()),
            Map.entry("RABBITMQ_ENABLED_PLUGINS_FILE", directory.resolve("plugins").toString()),
            Map.entry("RABBITMQ_MNESIA_BASE", directory.resolve("data").toString()),
            Map.entry("RABBITMQ_PID_FILE", directory.resolve("pid").toString()),
            Map.entry("RABBITMQ_LOG_BASE", directory.toString()),
            Map.entry("RABBITMQ_LOGS", "-")));
        try {
            Process started = builder.start();
            server = Optional.of(started);
            if (Waiting.until(() -> Optional.of(!started.isAlive() || answers()).filter(done -> done), PATIENCE).isEmpty()
                    || !started.isAlive()) {
                throw new IllegalStateException("RabbitMQ did not start: " + Files.readString(serverLog(), ISO_8859_1));
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Stops the server, and waits until it is gone; its data stays. */
    public void stop() {
        server.ifPresent(TestRabbitMq::end);
        server = Optional.empty();
    }

    /** Lines of its log about a consumer that held a message for too long, and whose channel it therefore closed. */
    public List<String> consumersTimedOut() {
        try (Stream<String> lines = Files.lines(serverLog(), ISO_8859_1)) {
            return lines.filter(line -> line.contains("acknowledgement") && line.contains("timed out")).toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private Path serverLog() {
        return directory.resolve("server.log");
    }

    /** James's settings for it. */
    public String jamesProperties() {
        return """
            uri=amqp://%1$s:%2$d
            management.uri=http://%1$s:%3$d
            management.user=%4$s
            management.password=%4$s
            channel.pool.size=30
            """.formatted(HOST, ports.amqp, ports.management, GUEST);
    }

    private boolean answers() {
        return get("/api/overview").isPresent();
    }

    private Optional<JsonNode> get(String path) {
        HttpRequest request = HttpRequest.newBuilder(URI.create("http://" + HOST + ":" + ports.management + path))
            .header("Authorization", "Basic " + Base64.getEncoder().encodeToString((GUEST + ":" + GUEST).getBytes(UTF_8)))
            .timeout(PATIENCE).build();
        try {
            HttpResponse<String> response = CLIENT.send(request, HttpResponse.BodyHandlers.ofString());
            return response.statusCode() == 200 ? Optional.of(JSON.readTree(response.body())) : Optional.empty();
        } catch (IOException e) {
            return Optional.empty();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return Optional.empty();
        }
    }

    /** The script waits for the Erlang machine, which it started; each gets the signal, since the script does not pass it on at once. */
    private static void end(Process process) {
        List<ProcessHandle> all = process.descendants().toList();
        process.destroy();
        all.forEach(ProcessHandle::destroy);
        try {
            for (ProcessHandle each : all) {
                if (Waiting.until(() -> Optional.of(each).filter(one -> !one.isAlive()), PATIENCE).isEmpty()) {
                    each.destroyForcibly();
                }
            }
            if (!process.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS)) {
                process.destroyForcibly();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void end() {
        stop();
        names.destroy();
    }

    @Override
    public void close() {
        Runtime.getRuntime().removeShutdownHook(atExit);
        end();
    }
}
