/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.zip.GZIPOutputStream;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import org.jamesdane.testing.dns.SignedDns;
import org.jamesdane.testing.dns.SignedWorld;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code dane-check tlsrpt}: text, JSON and exit status. */
class TlsRptCommandTest {
    /** The beginning of the commands of the pages. */
    private static final String DOCUMENTED = "java -jar dane-check.jar tlsrpt";

    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();

    private static byte[] report() throws IOException {
        try (InputStream in = Objects.requireNonNull(TlsRptCommandTest.class.getResourceAsStream("/org/jamesdane/tlsrpt/report.json"))) {
            return in.readAllBytes();
        }
    }

    private int run(byte[] in, String... arguments) {
        return DaneCheck.run(arguments, new ByteArrayInputStream(in), new PrintStream(out, true, UTF_8), new PrintStream(err, true, UTF_8),
            new Terminal(false, false));
    }

    private static byte[] changed(String text, String other) throws IOException {
        return new String(report(), UTF_8).replace(text, other).getBytes(UTF_8);
    }

    @Test
    void shouldSayThatAReportFollowsTheRfc(@TempDir Path directory) throws IOException {
        Path file = Files.write(directory.resolve("report.json"), report());

        assertThat(run(new byte[0], "tlsrpt", "check", file.toString())).isZero();
        assertThat(out.toString(UTF_8)).isEqualTo("""
            ; report 20261128.good.example.1@mail.provider.example of mail.provider.example: sessions that succeeded 41, that failed 2
            ; it follows RFC 8460
            """);
        assertThat(err.toString(UTF_8)).isEmpty();
    }

    @Test
    void shouldNameEachBreachOfAReportFromStandardInput() throws IOException {
        assertThat(run(changed("[\"mx.good.example\"]", "\"mx.good.example\""), "tlsrpt", "check", "-")).isEqualTo(2);
        assertThat(out.toString(UTF_8)).endsWith(
            "\nbreach: policies[0].policy.mx-host: it is a string, not an array of strings [RFC 8460 §4.4]\n");
    }

    @Test
    void shouldTellAdviceFromBreaches() throws IOException {
        assertThat(run(changed(",\"failure-reason-code\":\"tlsa-no-match\"", ""), "tlsrpt", "check", "-")).isEqualTo(1);
        assertThat(out.toString(UTF_8)).contains("advice: policies[0].failure-details[0].failure-reason-code: it is missing");
    }

    @Test
    void shouldPrintOneLineOfJson() throws IOException {
        assertThat(run(changed("2026-11-28T23:59:59Z", "2026-11-28"), "tlsrpt", "check", "--json", "-")).isEqualTo(2);
        JsonNode tree = new ObjectMapper().readTree(out.toString(UTF_8));

        assertThat(out.toString(UTF_8).lines()).hasSize(1);
        assertThat(tree.path("file").asText()).isEqualTo("-");
        assertThat(tree.path("reportId").asText()).isEqualTo("20261128.good.example.1@mail.provider.example");
        assertThat(tree.path("submitter").asText()).isEqualTo("mail.provider.example");
        assertThat(tree.path("successes").asLong()).isEqualTo(41);
        assertThat(tree.path("failures").asLong()).isEqualTo(2);
        assertThat(tree.path("leftOut").asInt()).isZero();
        assertThat(tree.path("findings").get(0).toString()).isEqualTo("{\"weight\":\"breach\",\"where\":\"date-range.end-datetime\","
            + "\"text\":\"\\\"2026-11-28\\\" is no time like 2026-11-28T00:00:00Z (RFC 3339)\",\"section\":\"RFC 8460 §4.4\"}");
    }

    @Test
    void shouldRunTheCommandsOfThePages(@TempDir Path directory) throws IOException {
        Path file = directory.resolve("report.json.gz");
        try (OutputStream gzip = new GZIPOutputStream(Files.newOutputStream(file))) {
            gzip.write(report());
        }
        SignedWorld world = SignedDns.world();
        world.zone("example.org").txt("_smtp._tls", "v=TLSRPTv1; rua=mailto:a@example.org");
        List<String> commands = new ArrayList<>();
        for (String page : List.of("../README.md", "../docs/operating.md")) {
            Files.readAllLines(Path.of(page)).stream().map(String::strip).filter(line -> line.startsWith(DOCUMENTED + " "))
                .forEach(commands::add);
        }
        try (SignedDns dns = world.start()) {
            String here = " --trust-anchor " + Files.writeString(directory.resolve("anchors"), dns.trustAnchor() + "\n") + " --resolver "
                + dns.address().getAddress().getHostAddress() + ":" + dns.port();
            for (String command : commands) {
                String arguments = command.substring(DOCUMENTED.indexOf("tlsrpt")).replace("report.json.gz", file.toString())
                    .replace("example.org", "example.org" + here);
                assertThat(run(new byte[0], arguments.split(" ", -1))).as(command).isZero();
            }
        }
        assertThat(commands).hasSizeGreaterThan(2);
    }

    @Test
    void shouldPrintWhereADomainWantsItsReports(@TempDir Path directory) throws IOException {
        SignedWorld world = SignedDns.world();
        world.zone("both.example").txt("_smtp._tls", "v=TLSRPTv1; rua=mailto:a@both.example,https://tls.example/in");
        world.zone("part.example").txt("_smtp._tls", "v=TLSRPTv1; rua=mailto:a@part.example,http://tls.example/in");
        world.zone("wrong.example").txt("_smtp._tls", "v=TLSRPTv1; rua=a@wrong.example");
        world.zone("none.example").txt("_smtp._tls", "v=spf1 -all");
        try (SignedDns dns = world.start()) {
            Path anchors = Files.writeString(directory.resolve("anchors"), dns.trustAnchor() + "\n");
            String resolver = dns.address().getAddress().getHostAddress() + ":" + dns.port();

            assertThat(ask("both.example", resolver, anchors)).isZero();
            assertThat(ask("part.example", resolver, anchors)).isEqualTo(1);
            assertThat(ask("wrong.example", resolver, anchors)).isEqualTo(2);
            assertThat(ask("none.example", resolver, anchors)).isEqualTo(1);
            assertThat(ask("missing.example", resolver, anchors)).isEqualTo(1);
        }
        assertThat(err.toString(UTF_8)).isEmpty();
        assertThat(out.toString(UTF_8)).isEqualTo("""
            ; _smtp._tls.both.example. IN TXT "v=TLSRPTv1; rua=mailto:a@both.example,https://tls.example/in"
            mailto:a@both.example
            https://tls.example/in
            ; _smtp._tls.part.example. IN TXT "v=TLSRPTv1; rua=mailto:a@part.example,http://tls.example/in"
            mailto:a@part.example
            ; not used: "http://tls.example/in" is neither a mailto nor an https URI
            ; _smtp._tls.wrong.example. IN TXT "v=TLSRPTv1; rua=a@wrong.example"
            ; the record is invalid: its rua "a@wrong.example" is no URI, or has a character in it that must be encoded
            ; _smtp._tls.none.example. IN TXT "v=spf1 -all"
            ; it asks for no TLS reports
            ; it asks for no TLS reports
            """);
    }

    private int ask(String domain, String resolver, Path anchors) {
        return run(new byte[0], "tlsrpt", domain, "--resolver", resolver, "--trust-anchor", anchors.toString());
    }

    @Test
    void shouldSayThatThereIsNoFile(@TempDir Path directory) {
        assertThat(run(new byte[0], "tlsrpt", "check", directory.toString())).isEqualTo(3);
        assertThat(err.toString(UTF_8)).startsWith("dane-check: There is no file ");
        assertThat(run(new byte[0], "tlsrpt", "check")).isEqualTo(3);
        assertThat(run(new byte[0], "tlsrpt", "a..b")).isEqualTo(3);
        assertThat(run(new byte[0], "tlsrpt")).isEqualTo(3);
        assertThat(out.toString(UTF_8)).isEmpty();
    }
}
