/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import org.jamesdane.delivery.diagnosis.MailWorld;
import org.jamesdane.testing.dns.Fault;
import org.jamesdane.testing.dns.Signatures;
import org.jamesdane.testing.dns.SignedDns;
import org.jamesdane.testing.pki.Authority;
import org.jamesdane.testing.pki.Credential;
import org.jamesdane.testing.pki.TestPki;
import org.jamesdane.testing.smtp.ScriptedSmtpServer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The command {@code dane-check} in a world of some domains that are in order and some that are not. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class DaneCheckTest {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Authority AUTHORITY = TestPki.authority("ca");
    private static final Credential HOST = AUTHORITY.leaf("mx.good.org").issue();
    private static final Credential OTHER = TestPki.selfSigned("other").issue();

    private final MailWorld world = new MailWorld("127.79.3");
    private final SignedDns dns;
    private final ScriptedSmtpServer good;
    private final Path directory;
    private final Path anchors;

    DaneCheckTest(@TempDir Path directory) throws IOException {
        this.directory = directory;
        good = world.host(HOST);
        world.tlsa(world.mx(world.zone("good.org"), 10, "mx", "good.org", good), "mx", HOST, 3, 1);
        world.tlsa(world.mx(world.zone("impostor.org"), 10, "mx", "impostor.org", world.host(OTHER)), "mx", HOST, 3, 1);
        world.mx(world.zone("plain.org"), 10, "mx", "plain.org", world.host(OTHER));
        world.tlsa(world.mx(world.zone("bogus.org"), 10, "mx", "bogus.org", world.host(HOST)), "mx", HOST, 3, 1)
            .signatures(world.tlsaOwner("mx"), "TLSA", Signatures.CORRUPT);
        dns = world.start();
        anchors = Files.writeString(directory.resolve("anchors"), dns.trustAnchor() + "\n");
    }

    @AfterAll
    void stop() {
        world.close();
    }

    /** Result of a run of the command. */
    private record Run(int status, String out, String err) {
        JsonNode json() throws IOException {
            return JSON.readTree(out);
        }
    }

    private String[] arguments(String... more) {
        List<String> all = new ArrayList<>(Arrays.asList(more));
        all.addAll(List.of("--resolver", "127.0.0.1:" + dns.port(), "--trust-anchor", anchors.toString(), "--port",
            String.valueOf(world.port()), "--special-targets", "127.0.0.0/8"));
        all.replaceAll(each -> each.replace("127.0.0.1:", dns.address().getAddress().getHostAddress() + ":"));
        return all.toArray(String[]::new);
    }

    private static Run inThisProcess(Terminal terminal, String input, String... arguments) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        ByteArrayOutputStream err = new ByteArrayOutputStream();
        int status = DaneCheck.run(arguments, new ByteArrayInputStream(input.getBytes(StandardCharsets.UTF_8)),
            new PrintStream(out, true, StandardCharsets.UTF_8), new PrintStream(err, true, StandardCharsets.UTF_8), terminal);
        return new Run(status, out.toString(StandardCharsets.UTF_8), err.toString(StandardCharsets.UTF_8));
    }

    private Run check(String... more) {
        return inThisProcess(new Terminal(false, false), "", arguments(more));
    }

    /** Runs the command as a process, as a shell starts it. */
    private Run process(String input, String... arguments) throws Exception {
        List<String> command = new ArrayList<>(List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-XX:TieredStopAtLevel=1", "-cp", System.getProperty("java.class.path"), DaneCheck.class.getName()));
        command.addAll(List.of(arguments));
        Path out = directory.resolve("out");
        Path err = directory.resolve("err");
        Process process = new ProcessBuilder(command).redirectOutput(out.toFile()).redirectError(err.toFile()).start();
        try (OutputStream stdin = process.getOutputStream()) {
            stdin.write(input.getBytes(StandardCharsets.UTF_8));
        }
        assertThat(process.waitFor(120, TimeUnit.SECONDS)).isTrue();
        return new Run(process.exitValue(), Files.readString(out), Files.readString(err));
    }

    @Test
    void shouldEndWithZeroAsAProcessWhenADomainIsAuthenticated() throws Exception {
        Run run = process("", arguments("good.org", "--probe"));

        assertThat(run.status()).isZero();
        assertThat(run.out()).startsWith("good.org: authenticated\n  Mail to good.org goes verified to mx.good.org (127.79.3.1).\n")
            .contains("host mx.good.org, preference 10, 127.79.3.1 (secure)").contains("TLSA usable").contains("TLSv1.3")
            .doesNotContain("\u001b");
        assertThat(good.sessions()).allSatisfy(session -> assertThat(session.verbs()).doesNotContain("MAIL"));
    }

    @Test
    void shouldReadDomainsFromStandardInputAndEndWithTheWorst() throws Exception {
        Run run = process("good.org\n\nplain.org\nbogus.org\n", arguments("--json"));

        assertThat(run.status()).isEqualTo(2);
        List<String> prospects = new ArrayList<>();
        for (String line : run.out().lines().toList()) {
            JsonNode tree = JSON.readTree(line);
            prospects.add(tree.at("/domain").textValue() + " " + tree.at("/prospect").textValue());
        }
        assertThat(prospects).containsExactly("good.org authenticated", "plain.org unprotected", "bogus.org deferred");
    }

    @Test
    void shouldEndWithThreeAsAProcessForWrongUsage() throws Exception {
        Run run = process("", "--no-such-option");

        assertThat(run.status()).isEqualTo(3);
        assertThat(run.out()).isEmpty();
        assertThat(run.err()).contains("dane-check: Unknown option: '--no-such-option'; --help says what is allowed.");
    }

    @ParameterizedTest
    @CsvSource({"good.org,0,authenticated", "plain.org,1,unprotected", "bogus.org,2,deferred", "missing.org,2,bounced",
        "impostor.org,0,authenticated"})
    void shouldJudgeByTheDnsAlone(String domain, int status, String prospect) throws Exception {
        Run run = check(domain, "--json");

        assertThat(run.status()).isEqualTo(status);
        assertThat(run.json().at("/prospect").textValue()).isEqualTo(prospect);
        assertThat(run.json().at("/probe").isMissingNode()).isTrue();
    }

    @Test
    void shouldFindAnImpostorByProbing() throws Exception {
        Run run = check("impostor.org", "--probe", "--json");

        assertThat(run.status()).isEqualTo(2);
        assertThat(run.json().at("/sentence").textValue()).contains("deferred (4.7.5)").contains("no TLSA record matches");
        assertThat(run.json().at("/probe/addresses/0/result").textValue()).isEqualTo("failed");
        assertThat(run.json().at("/probe/warnings").size()).isPositive();
    }

    @Test
    void shouldEndWithThreeWhenTheResolverIsOfNoUse() {
        Run run = inThisProcess(new Terminal(false, false), "", "good.org", "--resolver", "127.79.3.250:1", "--trust-anchor",
            anchors.toString());

        assertThat(run.status()).isEqualTo(3);
        assertThat(run.out()).isEmpty();
        assertThat(run.err()).startsWith("dane-check: The resolver 127.79.3.250 port 1 does not");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "--resolver=dns.example | --resolver=dns.example is not allowed; it is an IP address, with \":port\" where that is not 53.",
        "--resolver=127.0.0.1:99999 | --resolver=127.0.0.1:99999 is not allowed; the port is a number from 1 to 65535.",
        "--port=0 | --port=0 is not allowed; it is a number from 1 to 65535.",
        "--port=x | Invalid value for option '--port'",
        "--special-targets=here | --special-targets=here is not allowed",
        "--mx-host=a..b | --mx-host: \"a..b\" is no domain name: it has an empty label.",
    })
    void shouldRefuseWrongOptionsWithASentence(String option, String sentence) {
        Run run = inThisProcess(new Terminal(false, false), "", "good.org", option);

        assertThat(run.status()).isEqualTo(3);
        assertThat(run.err()).startsWith("dane-check: " + sentence);
    }

    @Test
    void shouldGoOnAfterADomainThatIsNone() {
        Run run = check("a..b", "good.org", "--json");

        assertThat(run.status()).isEqualTo(3);
        assertThat(run.out().lines()).hasSize(2).last().asString().contains("authenticated");
        assertThat(run.err()).contains("\"a..b\" is no domain name");
    }

    @Test
    void shouldLookAtOneHostOnlyAndRefuseAStranger() {
        assertThat(check("good.org", "--mx-host", "mx.good.org").status()).isZero();
        Run stranger = check("good.org", "--mx-host", "mx9.good.org");

        assertThat(stranger.status()).isEqualTo(3);
        assertThat(stranger.err()).contains("mx9.good.org is none of the hosts of good.org, which are mx.good.org.");
    }

    @Test
    void shouldShowProgressAndColoursOnATerminalOnly() {
        Run run = inThisProcess(new Terminal(true, true), "", arguments("good.org"));

        assertThat(run.err()).contains("1: good.org");
        assertThat(run.out()).startsWith("good.org: \u001b[32mauthenticated\u001b[0m\n");
        Run piped = check("good.org");
        assertThat(piped.err()).isEmpty();
        assertThat(piped.out()).doesNotContain("\u001b");
    }

    @Test
    void shouldEndWithTwoWhenTheMxLookupFails() {
        dns.fault("failing.org", "MX", Fault.servFail());

        assertThat(check("failing.org").status()).isEqualTo(2);
    }

    @Test
    void shouldPrintTlsaRecordsOfACertificateFile() throws Exception {
        Path file = Files.writeString(directory.resolve("chain.pem"), TestPki.pem(HOST.certificate(), AUTHORITY.certificate()));

        Run run = inThisProcess(new Terminal(false, false), "", "tlsa", "--certificate", file.toString(), "mx.good.org");

        assertThat(run.status()).isZero();
        assertThat(run.out().lines().filter(line -> !line.startsWith(";"))).containsExactly(
            "_25._tcp.mx.good.org. IN TLSA 3 1 1 " + HOST.association(3, 1, 1).data(),
            "_25._tcp.mx.good.org. IN TLSA 2 1 1 "
                + org.jamesdane.testing.pki.Association.of(2, 1, 1, AUTHORITY.certificate()).data());
        Path nothing = Files.writeString(directory.resolve("nothing.pem"), "nothing");
        Run refused = inThisProcess(new Terminal(false, false), "", "tlsa", "--certificate", nothing.toString(), "mx.good.org");
        assertThat(refused.status()).isEqualTo(3);
        assertThat(refused.err()).startsWith("dane-check: --certificate=");
    }

    @Test
    void shouldPrintTlsaRecordsOfALiveHost() {
        List<String> all = new ArrayList<>(List.of("tlsa", "mx.impostor.org"));
        all.addAll(Arrays.asList(arguments()));

        Run run = inThisProcess(new Terminal(false, false), "", all.toArray(String[]::new));

        assertThat(run.status()).isZero();
        assertThat(run.out()).contains("\n_" + world.port() + "._tcp.mx.impostor.org. IN TLSA 3 1 1 " + OTHER.association(3, 1, 1).data());
    }
}
