/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.https;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ThreadLocalRandom;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import javax.net.ssl.SNIHostName;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;

import org.jamesdane.testing.pki.Credential;

/**
 * A policy host that does what a script says. The script's text is sent as it is, between actions in angle brackets:
 * <ul>
 * <li>{@code <hang>} lets the client's time pass, and waits for the client to leave;
 * <li>{@code <wait>} waits until the test lets it go on;
 * <li>{@code <drip TEXT>} sends one octet after the other for ever, and lets the client's time pass meanwhile;
 * <li>{@code <flood TEXT>} sends the text again and again until the client leaves;
 * <li>{@code <reset>} breaks the connection; the end of the script closes it.
 * </ul>
 */
final class ScriptedHost implements AutoCloseable {
    private static final Pattern ACTION = Pattern.compile("<(hang|wait|reset|drip|flood)(?: ([^>]*))?>");
    /** Rounds of what is sent for ever; a client that takes them all has no limits. */
    private static final int ROUNDS = 2_000_000;
    private static final int DRIPS_BEFORE_THE_TIME_PASSES = 20;

    /**
     * A script.
     *
     * @param credential the certificate to show; empty speaks without TLS
     * @param name the server name that the host knows
     * @param text what it does after the request
     */
    record Script(Optional<Credential> credential, String name, String text) {
    }

    private final List<ServerSocket> servers;
    private final Script script;
    private final TestAlarm alarm;
    private final List<String> requests = new CopyOnWriteArrayList<>();
    private final List<Socket> connections = new CopyOnWriteArrayList<>();
    private final CompletableFuture<Void> goesOn = new CompletableFuture<>();

    private ScriptedHost(List<ServerSocket> servers, Script script, TestAlarm alarm) {
        this.servers = List.copyOf(servers);
        this.script = script;
        this.alarm = alarm;
    }

    /** Starts a host at a loopback address of its own. */
    static ScriptedHost start(Script script, TestAlarm alarm) throws IOException {
        return start(script, alarm, 1);
    }

    /** Starts a host at several loopback addresses of its own, and at the same port of each. */
    static ScriptedHost start(Script script, TestAlarm alarm, int addresses) throws IOException {
        ThreadLocalRandom random = ThreadLocalRandom.current();
        byte[] address = {127, (byte) random.nextInt(1, 255), (byte) random.nextInt(256), 0};
        List<ServerSocket> servers = new ArrayList<>();
        for (int i = 1; i <= addresses; i++) {
            address[3] = (byte) i;
            servers.add(new ServerSocket(servers.isEmpty() ? 0 : servers.get(0).getLocalPort(), 50, InetAddress.getByAddress(address)));
        }
        ScriptedHost host = new ScriptedHost(servers, script, alarm);
        servers.forEach(server -> start(() -> host.accept(server)));
        return host;
    }

    private static void start(Runnable task) {
        Thread thread = new Thread(task, "scripted-https-host");
        thread.setDaemon(true);
        thread.start();
    }

    InetAddress address() {
        return addresses().get(0);
    }

    List<InetAddress> addresses() {
        return servers.stream().map(ServerSocket::getInetAddress).toList();
    }

    /** Lets go on who waits. */
    void goOn() {
        goesOn.complete(null);
    }

    int port() {
        return servers.get(0).getLocalPort();
    }

    /** The requests that came, each as one text. */
    List<String> requests() {
        return requests;
    }

    /** The number of connections that came. */
    int connections() {
        return connections.size();
    }

    private void accept(ServerSocket server) {
        while (!server.isClosed()) {
            try {
                Socket socket = server.accept();
                connections.add(socket);
                start(() -> serve(socket));
            } catch (IOException e) {
                return;
            }
        }
    }

    private void serve(Socket plain) {
        try (plain) {
            plain.setTcpNoDelay(true);
            if (script.credential().isEmpty()) {
                plain.getInputStream().read(new byte[4096]);
                perform(plain, plain);
                return;
            }
            SSLSocket socket = (SSLSocket) script.credential().get().serverContext().getSocketFactory().createSocket(plain, null, false);
            SSLParameters parameters = socket.getSSLParameters();
            parameters.setSNIMatchers(List.of(SNIHostName.createSNIMatcher(Pattern.quote(script.name()))));
            socket.setSSLParameters(parameters);
            requests.add(request(socket.getInputStream()));
            perform(plain, socket);
            socket.close();
        } catch (IOException e) {
            // The client has left, as it should.
        }
    }

    private static String request(InputStream in) throws IOException {
        StringBuilder request = new StringBuilder();
        while (request.indexOf("\r\n\r\n") < 0) {
            int octet = in.read();
            if (octet < 0) {
                throw new IOException("no request: " + request);
            }
            request.append((char) octet);
        }
        return request.toString();
    }

    private void perform(Socket plain, Socket socket) throws IOException {
        OutputStream out = socket.getOutputStream();
        Matcher action = ACTION.matcher(script.text());
        int done = 0;
        while (action.find()) {
            send(out, script.text().substring(done, action.start()));
            done = action.end();
            switch (action.group(1)) {
                case "hang" -> {
                    alarm.ring();
                    socket.getInputStream().read();
                }
                case "wait" -> goesOn.join();
                case "drip" -> drip(out, action.group(2));
                case "flood" -> {
                    String round = action.group(2).repeat(Math.max(1, 1024 / action.group(2).length()));
                    for (int i = 0; i < ROUNDS; i++) {
                        send(out, round);
                    }
                }
                default -> {
                    plain.setSoLinger(true, 0);
                    plain.close();
                    return;
                }
            }
        }
        send(out, script.text().substring(done));
    }

    private void drip(OutputStream out, String text) throws IOException {
        for (int i = 0; i < ROUNDS; i++) {
            send(out, text.substring(i % text.length(), i % text.length() + 1));
            if (i == DRIPS_BEFORE_THE_TIME_PASSES) {
                alarm.ring();
            }
        }
    }

    private static void send(OutputStream out, String text) throws IOException {
        out.write(text.getBytes(StandardCharsets.ISO_8859_1));
        out.flush();
    }

    @Override
    public void close() throws IOException {
        for (ServerSocket each : servers) {
            each.close();
        }
        goOn();
        for (Socket each : connections) {
            each.close();
        }
    }
}
