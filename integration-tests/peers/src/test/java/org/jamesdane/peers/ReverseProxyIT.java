/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.peers;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import com.sun.net.httpserver.HttpServer;
import org.jamesdane.testing.peers.Chroot;
import org.jamesdane.testing.peers.RunDirectory;
import org.jamesdane.testing.peers.Waiting;
import org.jamesdane.testing.pki.Credential;
import org.jamesdane.testing.pki.TestPki;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** The reverse proxy of docs/operating.md as it stands there, in nginx, before a server that writes down what it is asked. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ReverseProxyIT {
    private static final String ADDRESS = "127.53.9.2";
    private static final Pattern SNIPPET = Pattern.compile("(?ms)^```nginx\n(.*?)^```$");

    private final List<String> asked = new CopyOnWriteArrayList<>();
    private final RunDirectory run = Chroot.of("nginx").directory("proxy");
    private final HttpServer behind;
    private final int port;

    ReverseProxyIT() throws IOException {
        behind = HttpServer.create(new InetSocketAddress("127.53.9.1", 0), 0);
        behind.createContext("/", exchange -> {
            asked.add(exchange.getRequestMethod() + " " + exchange.getRequestURI() + " "
                + exchange.getRequestHeaders().getFirst("Authorization"));
            exchange.getRequestBody().readAllBytes();
            exchange.sendResponseHeaders(200, -1);
            exchange.close();
        });
        behind.start();
        try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getByName(ADDRESS))) {
            port = free.getLocalPort();
        }
        Credential credential = TestPki.selfSigned("webadmin.provider.example").issue();
        run.write("webadmin.pem", Pem.chain(credential)).write("webadmin.key", Pem.key(credential));
        String text = here(snippet(), port, behind.getAddress().getPort());
        run.write("nginx.conf", "daemon off;\nmaster_process off;\nuser root;\npid " + run.inside("pid") + ";\nerror_log stderr;\n"
            + "events { }\nhttp {\naccess_log off;\nclient_body_temp_path " + run.inside("bodies") + ";\nproxy_temp_path "
            + run.inside("answers") + ";\nfastcgi_temp_path " + run.inside("f") + ";\nuwsgi_temp_path " + run.inside("u")
            + ";\nscgi_temp_path " + run.inside("s") + ";\n" + text + "}\n");
        run.start("nginx", "-e", "stderr", "-c", run.inside("nginx.conf"));
        Waiting.forListener(ADDRESS, port, run::output);
    }

    @AfterAll
    void stop() {
        run.close();
        behind.stop(0);
    }

    private static String snippet() throws IOException {
        Path guide = Path.of(System.getProperty("peers.divergences", "")).resolveSibling("operating.md");
        Matcher snippet = SNIPPET.matcher(Files.readString(guide));
        assertThat(snippet.find()).isTrue();
        return snippet.group(1);
    }

    /** With the addresses and files of this test, and less patience. */
    private String here(String text, int listening, int served) {
        String changed = text.replace("192.0.2.10:8443", ADDRESS + ":" + listening).replace("/etc/nginx/webadmin", run.inside("webadmin"))
            .replace("http://127.0.0.1:8000", "http://127.53.9.1:" + served)
            .replace("client_body_timeout 10s", "client_body_timeout 1s");
        assertThat(changed).doesNotContain("127.0.0.1", "192.0.2.", "/etc/nginx");
        return changed;
    }

    /** The status that curl sees, 000 for none. */
    private String status(String path, String... options) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of("curl", "-sk", "-o", "/dev/null", "-w", "%{http_code}"));
        command.addAll(List.of(options));
        command.add("https://" + ADDRESS + ":" + port + path);
        Process curl = new ProcessBuilder(command).start();
        String said = new String(curl.getInputStream().readAllBytes(), UTF_8);
        curl.waitFor();
        return said;
    }

    @Test
    void shouldHandCallsOnWithTheirToken() throws Exception {
        assertThat(status("/dane/policies/a.example", "-X", "PUT", "-d", "{}", "-H", "Authorization: Bearer x")).isEqualTo("200");
        assertThat(asked).contains("PUT /dane/policies/a.example Bearer x");
    }

    @Test
    void shouldHandNothingElseOn() throws Exception {
        assertThat(status("/mailRepositories")).isEqualTo("404");
        assertThat(status("/danes")).isEqualTo("404");
        assertThat(status("/dane/policies", "-X", "PATCH")).isEqualTo("405");
        assertThat(asked).noneMatch(call -> call.contains("mailRepositories") || call.contains("danes") || call.startsWith("PATCH"));
    }

    @Test
    void shouldRefuseLongAndSlowBodies() throws Exception {
        assertThat(status("/dane/policies/long.example", "-X", "PUT", "-d", "x".repeat(100_000))).isEqualTo("413");
        assertThat(status("/dane/policies/slow.example", "-X", "PUT", "-d", "x", "-H", "Content-Length: 1000", "-m", "20"))
            .isIn("408", "000");
        assertThat(asked).noneMatch(call -> call.contains("long.example") || call.contains("slow.example"));
    }
}
