/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.dane.trace;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Map;
import java.util.Optional;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.jamesdane.dane.CertificateZoo;
import org.jamesdane.dane.ConformanceCases;
import org.jamesdane.dane.DnsWorld;
import org.jamesdane.dane.MailScenario;
import org.jamesdane.dane.failure.EnhancedStatusCode;
import org.jamesdane.dane.failure.HostFailure;
import org.jamesdane.dane.failure.RfcSection;
import org.jamesdane.dane.outcome.Outcome;
import org.jamesdane.dane.outcome.RecipientKey;
import org.jamesdane.dane.policy.IpAddresses;
import org.jamesdane.dane.policy.NextHop;
import org.jamesdane.dane.routing.HostAddresses;
import org.jamesdane.dane.routing.MxHost;
import org.jamesdane.dns.DomainName;
import org.jamesdane.dns.RecordType;
import org.jamesdane.dns.Security;
import org.jamesdane.text.JsonText;
import org.jamesdane.text.PrintableText;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TraceTest {
    private static final CertificateZoo ZOO = ConformanceCases.certificates();
    private static final NextHop NEXT_HOP = NextHop.ofRecipientDomain("example.com", 25);

    private static DecisionTrace traced(List<String> dns, List<String> settings) {
        MailScenario scenario = new MailScenario(ZOO, dns, settings);
        scenario.run();
        return scenario.trace();
    }

    @Test
    void shouldTellAVerifiedDeliveryOnOneLine() {
        DecisionTrace trace = traced(List.of("example.com MX 10 mx.example.com", "mx.example.com A 192.0.2.1",
            "_25._tcp.mx.example.com TLSA 3 1 1 leaf"), List.of("host mx.example.com shows leaf"));

        assertThat(trace.toLine()).isEqualTo("domain=example.com policy=dane route=explicit-mx/secure | mx.example.com: address=secure "
            + "tlsa=usable requirement=dane check=verified | user: outcome=delivered/verified");
    }

    @Test
    void shouldTellItAsText() {
        DecisionTrace trace = traced(List.of("unsigned example.com", "signed mx.example.com", "example.com MX 10 mx.example.com",
            "mx.example.com A 192.0.2.1", "_25._tcp.mx.example.com TLSA 2 0 1 ca", "_25._tcp.mx.example.com TLSA 0 0 1 ca"),
            List.of("host mx.example.com shows leaf ca"));

        String record = ZOO.record("2 0 1 ca").toString();
        assertThat(trace.toText()).isEqualTo("""
            example.com
              policy example.com: dane (case) [RFC 7672 §9.1]
              route example.com: explicit-mx, insecure, expanded to example.com [RFC 7672 §2.2.1]
                host mx.example.com, preference 10
              address mx.example.com: 1 addresses, secure [RFC 7672 §2.2.2]
                192.0.2.1
              tlsa mx.example.com: usable secure TLSA records at mx.example.com [RFC 7672 §2.2.3]
                asked _25._tcp.mx.example.com: found, secure
                usable: %s
                left out: %s (certificate usage 0 needs a public CA and is not used for SMTP)
              requirement mx.example.com: authenticated by TLSA records [RFC 7672 §3.2]
                server name mx.example.com
                names [mx.example.com]
              check mx.example.com: the channel is host-authenticated [RFC 7672 §3.2]
                TLSv1.3 TLS_AES_128_GCM_SHA256 for mx.example.com
                matched %s at depth 1 by name mx.example.com
              outcome user: delivered to mx.example.com, host-authenticated: 250 accepted [RFC 5321 §4.2.1]
            """.formatted(record, ZOO.record("0 0 1 ca"), record));
    }

    @Test
    void shouldTellWhatWentWrong() {
        DecisionTrace trace = traced(List.of("example.com MX 10 mx1.example.com", "example.com MX 20 mx2.example.com",
            "mx1.example.com A 192.0.2.1", "_25._tcp.mx1.example.com TLSA 3 1 1 leaf"), List.of("host mx1.example.com shows other ca"));

        assertThat(trace.toLine()).isEqualTo("domain=example.com policy=dane route=explicit-mx/secure | mx1.example.com: address=secure "
            + "tlsa=usable requirement=dane check=refused | mx2.example.com: failure=no-address | user: outcome=deferred/4.7.5");
        assertThat(trace.toText())
            .contains("    " + ZOO.record("3 1 1 leaf") + ": the server's certificate is another one\n")
            .contains("failure mx2.example.com: mx2.example.com: it has no address");
    }

    @Test
    void shouldTellEveryKindOfStep() {
        List<String> base = List.of("example.com MX 10 mx.example.com", "mx.example.com A 192.0.2.1");
        assertThat(traced(base, List.of("policy none")).toLine()).contains("tlsa=not-applicable requirement=none check=clear");
        assertThat(traced(base, List.of("policy dane")).toLine()).contains("tlsa=absent requirement=opportunistic");
        assertThat(traced(base, List.of("policy dane-encrypt")).toLine()).contains("requirement=encrypt check=refused");
        assertThat(traced(base, List.of("policy dane-only")).toLine()).contains("requirement=not-used");
        assertThat(traced(List.of("fail _25._tcp.mx.example.com TLSA BOGUS", base.get(0), base.get(1)), List.of()).toLine())
            .contains("tlsa=failed requirement=not-used");
        assertThat(traced(List.of("_25._tcp.mx.example.com TLSA 1 1 1 leaf", base.get(0), base.get(1)), List.of()).toLine())
            .contains("tlsa=unusable requirement=encrypt");
        assertThat(traced(List.of("fail _25._tcp.mx.example.com TLSA BOGUS", base.get(0), base.get(1)), List.of("policy audit")).toLine())
            .contains("| example.com: audit=would-have-deferred |");
        assertThat(traced(List.of(), List.of()).toLine()).contains("route=5.4.4 | user: outcome=bounced/5.4.4");
        assertThat(traced(List.of("gw.example A 192.0.2.1"), List.of("gateway gw.example:25", "verify-identity")).toLine())
            .startsWith("domain=gw.example:25 policy=dane route=gateway/secure").contains("requirement=pkix");
    }

    @Test
    void shouldNameTheRuleBehindEachStep() {
        List<String> base = List.of("example.com MX 10 mx.example.com", "mx.example.com A 192.0.2.1");

        assertThat(traced(base, List.of()).toText()).contains("route example.com: explicit-mx, secure, expanded to example.com "
            + "[RFC 7672 §2.2.1]", "TLS if it can be had [RFC 7672 §2.2]", "the channel is clear [RFC 7672 §2.2]");
        assertThat(traced(base, List.of("policy encrypt", "host mx.example.com shows leaf")).toText())
            .contains("TLS, unauthenticated [RFC 7672 §9.1]", "the channel is encrypted [RFC 7672 §2.2]");
        assertThat(traced(List.of("_25._tcp.mx.example.com TLSA 1 1 1 leaf", base.get(0), base.get(1)), List.of()).toText())
            .contains("TLS, unauthenticated [RFC 7672 §2.2]", "none of them usable [RFC 6698 §4.1]");
        assertThat(traced(List.of("example.com A 192.0.2.1"), List.of()).toText())
            .contains("implicit-mx, secure, expanded to example.com [RFC 7672 §2.2.2]");
        assertThat(traced(List.of(), List.of("to [192.0.2.1]")).toText())
            .contains("address-literal, secure, expanded to [192.0.2.1] [RFC 7672 §2.2]");
        assertThat(traced(List.of("gw.example.net A 192.0.2.1"), List.of("gateway gw.example.net:25", "verify-identity",
            "host gw.example.net shows publicleaf")).toText()).contains("gateway, secure, expanded to gw.example.net [RFC 7672 §2.2.2]",
                "by a public CA [RFC 7672 §9.1]", "the channel is host-authenticated [RFC 7672 §9.1]");
    }

    @Test
    void shouldTellWhyARecordIsNotUsed() {
        DecisionTrace trace = traced(List.of("example.com MX 10 mx.example.com", "mx.example.com A 192.0.2.1",
            "_25._tcp.mx.example.com TLSA 1 1 1 leaf"), List.of());

        assertThat(trace.toText()).contains("unusable: " + ZOO.record("1 1 1 leaf") + " (certificate usage 1 needs a public CA");
    }

    @Test
    void shouldTellLookups() {
        DnsWorld dns = new DnsWorld(List.of("a.example CNAME b.example", "unsigned b.example", "b.example A 192.0.2.1",
            "c.example A 192.0.2.2",
            "fail d.example A BOGUS"), ZOO);
        TraceRecorder recorder = new TraceRecorder(NEXT_HOP);
        for (String name : List.of("a.example", "c.example", "d.example", "e.example")) {
            recorder.lookup("A", dns.resolve(DomainName.of(name), RecordType.A));
        }

        List<DecisionTrace.Step> steps = recorder.trace().steps();
        assertThat(steps).extracting(DecisionTrace.Step::subject).containsExactly("A a.example", "A c.example", "A d.example",
            "A e.example");
        assertThat(steps).extracting(DecisionTrace.Step::result).containsExactly("found/insecure", "found/secure", "failed",
            "nx-domain/secure");
        assertThat(steps.get(0).text()).isEqualTo("found, insecure (unsigned-delegation at b.example)");
        assertThat(steps.get(0).details()).hasSize(2).first().isEqualTo("a.example is an alias of b.example, secure");
        assertThat(steps.get(1).text()).isEqualTo("found, secure");
        assertThat(steps.get(1).details()).hasSize(2).last().asString().startsWith("proof: c.example RRSIG (signed by .");
        assertThat(steps.get(2).text()).isEqualTo("BOGUS, as the case wants it");
        assertThat(recorder.trace().toLine()).isEqualTo("domain=example.com");
    }

    @Test
    void shouldTellOurOwnAddressAndReports() {
        TraceRecorder recorder = new TraceRecorder(NEXT_HOP);
        MxHost host = new MxHost.Named(DomainName.of("mx.example.com"), 10);
        recorder.addresses(new HostAddresses.Ourselves(host, IpAddresses.parse("192.0.2.1").orElseThrow(),
            Security.SECURE));
        recorder.failure(HostFailure.startTlsMissing("mx.example.com"));
        recorder.outcome(new Outcome.Bounced(new RecipientKey("user"),
            new Outcome.Reason(EnhancedStatusCode.NULL_MX, "no mail", "example.com", Optional.empty(), RfcSection.NULL_MX, false,
            List.of())));

        assertThat(recorder.trace().toLine()).isEqualTo(
            "domain=example.com | mx.example.com: address=ourselves failure=starttls-missing | user: outcome=bounced/5.1.10");
        assertThat(recorder.trace().toText()).contains("192.0.2.1 is this server [RFC 5321 §5.1]")
            .contains("report as starttls-not-supported")
            .contains("outcome user: no mail [RFC 7505 §3]");
    }

    @Test
    void shouldBeReadableAsJson() throws JsonProcessingException {
        DecisionTrace trace = traced(List.of("example.com MX 0 ."), List.of());

        Map<?, ?> read = new ObjectMapper().readValue(trace.toJson(), Map.class);

        assertThat(read).isEqualTo(trace.toTree());
        assertThat(trace.toJson()).isEqualTo("{\"domain\":\"example.com\",\"steps\":["
            + "{\"stage\":\"policy\",\"subject\":\"example.com\",\"result\":\"dane\",\"text\":\"dane (case)\","
            + "\"section\":\"RFC 7672 \\u00a79.1\"},"
            + "{\"stage\":\"route\",\"subject\":\"example.com\",\"result\":\"5.1.10\","
            + "\"text\":\"The domain example.com takes no mail (null MX)\",\"section\":\"RFC 7505 \\u00a73\"},"
            + "{\"stage\":\"outcome\",\"subject\":\"user\",\"result\":\"bounced/5.1.10\","
            + "\"text\":\"The domain example.com takes no mail (null MX)\",\"section\":\"RFC 7505 \\u00a73\"}]}");
    }

    @Test
    void shouldListDetailsInJson() throws JsonProcessingException {
        DecisionTrace trace = traced(List.of("example.com MX 10 mx.example.com", "mx.example.com A 192.0.2.1"), List.of());

        assertThat(new ObjectMapper().readTree(trace.toJson()).at("/steps/1/details/0").asText())
            .isEqualTo("host mx.example.com, preference 10");
    }

    @Property
    void shouldWriteAnyTextAsJson(@ForAll String text) throws JsonProcessingException {
        Object tree = Map.of("a", List.of(text, true, 1, 2L, List.of(), Map.of()));

        String json = JsonText.of(tree);

        assertThat(json).matches("[ -~]*");
        assertThat(new ObjectMapper().readTree(json).at("/a/0").asText()).isEqualTo(text);
        assertThat(json).endsWith(",true,1,2,[],{}]}");
    }

    @Test
    void shouldEscapeWhatIsNotPrintableInJson() {
        assertThat(JsonText.of(" ~\u007f\u0080\u001f\"\\")).isEqualTo("\" ~\\u007f\\u0080\\u001f\\\"\\\\\"");
    }

    @Property
    void shouldNeverBreakTheLine(@ForAll String subject, @ForAll String result) {
        DecisionTrace trace = new DecisionTrace("example.com", List.of(new DecisionTrace.Step(DecisionTrace.Stage.CHECK, subject, result,
            result, RfcSection.MATCHING,
            List.of(result))));

        assertThat(trace.toLine().codePoints()).noneMatch(TraceTest::breaksOrHides);
        assertThat(trace.toText().codePoints().filter(c -> c != '\n')).noneMatch(TraceTest::breaksOrHides);
        assertThat(trace.toText().chars().filter(c -> c == '\n').count()).isEqualTo(3);
    }

    private static boolean breaksOrHides(int character) {
        return List.of(Character.CONTROL, Character.FORMAT, Character.SURROGATE, Character.LINE_SEPARATOR, Character.PARAGRAPH_SEPARATOR)
            .contains((byte) Character.getType(character));
    }

    @ParameterizedTest
    @ValueSource(strings = {"\n", "\r", "\0", "\u007f", "\u0085", "\u2028", "\u2029", "\u202e", "\ufeff", "\ud800"})
    void shouldTurnWhatBreaksALineOrHidesTextIntoASpace(String character) {
        DecisionTrace trace = new DecisionTrace("example.com", List.of(new DecisionTrace.Step(DecisionTrace.Stage.CHECK, "mx", "no",
            "a" + character + "b", RfcSection.MATCHING, List.of("c" + character + "d"))));

        assertThat(trace.toText()).contains("check mx: a b [").endsWith("    c d\n");
    }

    @Test
    void shouldQuoteWhatWouldBeMistaken() {
        DecisionTrace trace = new DecisionTrace("example.com", List.of(new DecisionTrace.Step(DecisionTrace.Stage.CHECK, "a b=\"c\\",
            "", "", RfcSection.MATCHING, List.of())));

        assertThat(trace.toLine()).isEqualTo("domain=example.com | \"a b=\\\"c\\\\\": check=\"\"");
    }

    @ParameterizedTest
    @ValueSource(strings = {"RFC 7672 §2.2.1", "RFC 5321 §5", "RFC 6698 §A.1.2", "RFC 10000 §1"})
    void shouldNameSections(String text) {
        assertThat(new RfcSection(text)).hasToString(text);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "RFC 7672", "RFC 7672 2.2.1", "RFC7672 §2", "RFC 0 §1", "RFC 7672 §2.", "rfc 7672 §2", "RFC 7672 §2.2.1 "})
    void shouldRefuseWhatNamesNoSection(String text) {
        assertThatThrownBy(() -> new RfcSection(text)).isInstanceOf(IllegalArgumentException.class)
            .hasMessageContaining("\"" + text + "\"");
    }

    @Test
    void shouldCutAndCleanWhatPeersSend() {
        assertThat(PrintableText.of("a\nb\u00e4c")).isEqualTo("a?b?c");
        assertThat(PrintableText.of("x".repeat(200))).hasSize(200);
        assertThat(PrintableText.of("x".repeat(201))).isEqualTo("x".repeat(200) + "...");
    }
}
