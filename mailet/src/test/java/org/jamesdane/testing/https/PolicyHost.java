/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.testing.https;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

import javax.net.ssl.SSLContext;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import org.jamesdane.testing.pki.Authority;

/**
 * The policy host of some domains (RFC 8461 §3.3), with one certificate for the names of all. Policies can be changed at any time, and the
 * host can be blocked: then its port refuses connections.
 */
public final class PolicyHost implements AutoCloseable {
    private static final String HOST_LABEL = "mta-sts.";
    private static final String PATH = "/.well-known/mta-sts.txt";
    private static final int OK = 200;
    private static final int NOT_FOUND = 404;
    private static final int BACKLOG = 50;

    private final InetAddress address;
    private final SSLContext tls;
    private final Map<String, String> policies = new ConcurrentHashMap<>();
    private final List<String> requests = new CopyOnWriteArrayList<>();
    private final ExecutorService threads = Executors.newCachedThreadPool(task -> {
        Thread thread = new Thread(task, "policy-host");
        thread.setDaemon(true);
        return thread;
    });
    private final int port;
    /** The open server; empty while the host is blocked. */
    private Optional<HttpsServer> server = Optional.empty();

    private PolicyHost(InetAddress address, SSLContext tls) {
        this.address = address;
        this.tls = tls;
        this.port = open(0);
    }

    /**
     * Starts a policy host on a free port of a loopback address.
     *
     * @param authority the CA of its certificate
     * @param domains the policy domains that it is the host of
     */
    public static PolicyHost start(String address, Authority authority, String... domains) {
        String[] names = Arrays.stream(domains).map(HOST_LABEL::concat).toArray(String[]::new);
        try {
            return new PolicyHost(InetAddress.getByName(address), authority.leaf(names[0]).dnsNames(names).issue().serverContext());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The text of a policy with a lifetime of a week. */
    public static String policy(String mode, String... mx) {
        StringBuilder text = new StringBuilder("version: STSv1\r\nmode: " + mode + "\r\n");
        for (String each : mx) {
            text.append("mx: ").append(each).append("\r\n");
        }
        return text.append("max_age: 604800\r\n").toString();
    }

    /** Publishes this text as the policy of a domain, in place of the one that is there. */
    public PolicyHost publish(String domain, String text) {
        policies.put(HOST_LABEL + domain, text);
        return this;
    }

    /** Refuses connections from now on. */
    public synchronized void block() {
        server.ifPresent(open -> open.stop(0));
        server = Optional.empty();
    }

    /** Takes connections again, at the same port. */
    public synchronized void unblock() {
        if (server.isEmpty()) {
            open(port);
        }
    }

    private synchronized int open(int wanted) {
        try {
            HttpsServer opened = HttpsServer.create(new InetSocketAddress(address, wanted), BACKLOG);
            opened.setHttpsConfigurator(new HttpsConfigurator(tls));
            opened.setExecutor(threads);
            opened.createContext("/", this::answer);
            opened.start();
            server = Optional.of(opened);
            return opened.getAddress().getPort();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void answer(HttpExchange exchange) throws IOException {
        String host = String.valueOf(exchange.getRequestHeaders().getFirst("Host")).replaceFirst(":\\d+$", "");
        requests.add(host);
        Optional<String> policy = Optional.ofNullable(policies.get(host)).filter(p -> exchange.getRequestURI().getPath().equals(PATH));
        byte[] body = policy.orElse("").getBytes(StandardCharsets.UTF_8);
        exchange.getResponseHeaders().set("Content-Type", "text/plain");
        exchange.sendResponseHeaders(policy.isPresent() ? OK : NOT_FOUND, body.length == 0 ? -1 : body.length);
        exchange.getResponseBody().write(body);
        exchange.close();
    }

    /** The number of requests for a domain so far. */
    public int requests(String domain) {
        return (int) requests.stream().filter((HOST_LABEL + domain)::equals).count();
    }

    /** The address as a literal. */
    public String address() {
        return address.getHostAddress();
    }

    /** The port. */
    public int port() {
        return port;
    }

    @Override
    public void close() {
        block();
        threads.shutdownNow();
    }
}
