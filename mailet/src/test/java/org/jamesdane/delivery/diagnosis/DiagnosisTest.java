/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.delivery.diagnosis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import org.jamesdane.dane.policy.Policy;
import org.jamesdane.dane.policy.PolicyTable;
import org.jamesdane.dane.routing.AddressRange;
import org.jamesdane.dane.routing.RoutingRules;
import org.jamesdane.dane.tlsa.TlsaSearch;
import org.jamesdane.delivery.FakeDns;
import org.jamesdane.delivery.settings.BindAddresses;
import org.jamesdane.delivery.settings.DeliverySettings;
import org.jamesdane.delivery.settings.EightBitConversion;
import org.jamesdane.dns.Lookup;
import org.jamesdane.dns.RecordType;
import org.jamesdane.dns.SecureDns;
import org.jamesdane.smtp.SocketSmtpConnector;
import org.jamesdane.smtp.Timeouts;
import org.jamesdane.testing.dns.Fault;
import org.jamesdane.testing.dns.Signatures;
import org.jamesdane.testing.dns.SignedDns;
import org.jamesdane.testing.dns.SignedZone;
import org.jamesdane.testing.pki.Authority;
import org.jamesdane.testing.pki.Credential;
import org.jamesdane.testing.pki.TestPki;
import org.jamesdane.testing.smtp.ScriptedSmtpServer;
import org.jamesdane.tls.TlsOffer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Real signed zones and real hosts. */
class DiagnosisTest {
    private static final Credential HOST = TestPki.selfSigned("mx.example.org").issue();
    private static final Credential OTHER = TestPki.selfSigned("other").issue();
    private static final ObjectMapper JSON = new ObjectMapper();

    private final MailWorld world = new MailWorld("127.79.1");
    private final SocketSmtpConnector connector = new SocketSmtpConnector();
    private Policy policy = Policy.DANE;

    @AfterEach
    void stop() {
        world.close();
        connector.close();
    }

    private Diagnosis diagnosis() {
        return diagnosis(world.start());
    }

    private Diagnosis diagnosis(SignedDns dns) {
        return diagnosis(world.validator(dns, Clock.systemUTC()));
    }

    private Diagnosis diagnosis(SecureDns dns) {
        RoutingRules routing = new RoutingRules(Set.of(), Set.of(), List.of(AddressRange.parse("127.0.0.0/8")), 10, 5);
        DeliverySettings settings = new DeliverySettings(new DeliverySettings.Decision(PolicyTable.of(policy), routing,
            TlsaSearch.InsecureMx.DANE), new DeliverySettings.Connection(world.port(), false, "client.example", BindAddresses.ANY,
            Timeouts.defaults().withConnect(Duration.ofSeconds(20)).withEachStep(Duration.ofSeconds(20)), TlsOffer.DEFAULT), List.of(),
            DeliverySettings.GatewayOptions.PLAIN, EightBitConversion.CONVERT);
        return new Diagnosis(dns, connector, settings, Optional.empty(), Clock.systemUTC(), new Random(1));
    }

    private Explanation explain(Diagnosis diagnosis) {
        return diagnosis.explain(diagnosis.destination("example.org"));
    }

    private SignedZone zone() {
        return world.zone("example.org");
    }

    private ScriptedSmtpServer mx(int preference, String label, Credential credential) {
        ScriptedSmtpServer server = world.host(credential);
        world.mx(zone(), preference, label, "example.org", server);
        return server;
    }

    @Test
    void shouldSayThatMailGoesAuthenticatedAndShowTheWholeChain() throws Exception {
        mx(10, "mx", HOST);
        world.tlsa(zone(), "mx", HOST, 3, 1).tlsa(world.tlsaOwner("mx"), 0, 0, 1, new byte[32]);

        Explanation explanation = explain(diagnosis());

        assertThat(explanation.prospect().kind()).isEqualTo(Forecast.Kind.AUTHENTICATED);
        assertThat(explanation.prospect().sentence()).isEqualTo("Mail to example.org goes authenticated (DANE-EE) to mx.example.org.");
        JsonNode tree = JSON.readTree(explanation.toJson());
        assertThat(tree.at("/policy/name").textValue()).isEqualTo("dane");
        assertThat(tree.at("/policy/source").textValue()).isEqualTo("default");
        assertThat(tree.at("/route/kind").textValue()).isEqualTo("explicit-mx");
        assertThat(tree.at("/route/security").textValue()).isEqualTo("secure");
        assertThat(tree.at("/site").textValue()).isEqualTo("mx.example.org:" + world.port());
        JsonNode host = tree.at("/hosts/0");
        assertThat(host.at("/addresses/0").textValue()).isEqualTo("127.79.1.1");
        assertThat(host.at("/addressSecurity").textValue()).isEqualTo("secure");
        assertThat(host.at("/tlsa/result").textValue()).isEqualTo("usable");
        assertThat(host.at("/tlsa/candidates/0/name").textValue()).isEqualTo(world.tlsaOwner("mx") + ".example.org");
        assertThat(host.at("/tlsa/usable/0").textValue()).isEqualTo(HOST.association(3, 1, 1).toString());
        assertThat(host.at("/tlsa/unusable/0/reason").textValue()).contains("certificate usage 0");
        assertThat(host.at("/requirement/kind").textValue()).isEqualTo("dane");
        assertThat(host.at("/requirement/names/0").textValue()).isEqualTo("mx.example.org");
        List<String> asked = new ArrayList<>();
        tree.at("/questions").forEach(each -> asked.add(each.at("/type").textValue() + " " + each.at("/answer").textValue()));
        assertThat(asked).containsExactly("MX found", "A found", "AAAA no-data", "TLSA found");
        List<String> chain = new ArrayList<>();
        tree.at("/questions/3/chain").forEach(link -> chain.add(link.at("/zone").textValue() + " " + link.at("/type").textValue()));
        assertThat(chain).contains(". DNSKEY", ". DS", "org DNSKEY", "org DS", "example.org DNSKEY", "example.org TLSA");
        assertThat(Instant.parse(tree.at("/soonestExpiry/expiration").textValue())).isAfter(Instant.now());
        assertThat(tree.at("/trace/steps").size()).isGreaterThan(5);
    }

    @Test
    void shouldCountTheWeakestHostAndNameEachGroup() {
        mx(10, "mx1", HOST);
        mx(20, "mx2", HOST);
        mx(30, "mx3", OTHER);
        world.tlsa(zone(), "mx1", HOST, 3, 1);
        world.tlsa(zone(), "mx2", HOST, 2, 1);

        Forecast prospect = explain(diagnosis()).prospect();

        assertThat(prospect.kind()).isEqualTo(Forecast.Kind.UNPROTECTED);
        assertThat(prospect.sentence()).isEqualTo("Mail to example.org goes authenticated (DANE-EE) to mx1.example.org, and authenticated "
            + "(DANE-TA) to mx2.example.org, and unauthenticated, encrypted only if TLS is offered, to mx3.example.org, because it has no "
            + "secure TLSA records.");
    }

    @Test
    void shouldSayWhyItIsDeferredAndWhatToDoWhenTheTlsaLookupIsBogus() {
        mx(10, "mx", HOST);
        world.tlsa(zone(), "mx", HOST, 3, 1).signatures(world.tlsaOwner("mx"), "TLSA", Signatures.CORRUPT);

        Explanation explanation = explain(diagnosis());

        assertThat(explanation.prospect().kind()).isEqualTo(Forecast.Kind.DEFERRED);
        assertThat(explanation.prospect().sentence())
            .startsWith("Mail to example.org is deferred (4.7.5): mx.example.org: the TLSA records at mx.example.org could not be looked "
                + "up: BOGUS")
            .endsWith("; the operator of its DNS zone has to repair it, mail waits until then.");
        assertThat(explanation.toTree().get("code")).isEqualTo("4.7.5");
    }

    @Test
    void shouldBlameItselfWhenNoResolverCanBeReached() {
        world.host(HOST);
        Diagnosis diagnosis = diagnosis(FakeDns.signed().failing("example.org", RecordType.MX, Lookup.Reason.UNREACHABLE));

        Forecast prospect = explain(diagnosis).prospect();

        assertThat(prospect.kind()).isEqualTo(Forecast.Kind.UNKNOWN);
        assertThat(prospect.sentence()).startsWith("Nothing can be said of mail to example.org, because of a fault on this side: ")
            .contains("the MX records of example.org could not be looked up");
    }

    @Test
    void shouldTellWhatBouncesFromWhatWaits() {
        world.host(HOST);
        zone().record("@", "MX", "0 .");
        Diagnosis diagnosis = diagnosis();

        assertThat(explain(diagnosis).prospect().kind()).isEqualTo(Forecast.Kind.BOUNCED);
        assertThat(explain(diagnosis).prospect().sentence()).startsWith("Mail to example.org is returned (5.1.10): ");
        Forecast missing = diagnosis.explain(diagnosis.destination("missing.org")).prospect();
        assertThat(missing.sentence()).startsWith("Mail to missing.org is returned (5.4.4): ").contains("does not exist");
    }

    @Test
    void shouldCallAHostOfUnsignedMxRecordsHostAuthenticated() {
        ScriptedSmtpServer server = world.host(HOST);
        zone().unsigned().mx(10, "mx.signed.org");
        SignedZone signed = world.zone("signed.org").a("mx", server.address().getAddress().getHostAddress());
        world.tlsa(signed, "mx", HOST, 3, 1);

        Forecast prospect = explain(diagnosis()).prospect();

        assertThat(prospect.kind()).isEqualTo(Forecast.Kind.HOST_AUTHENTICATED);
        assertThat(prospect.sentence()).isEqualTo("Mail to example.org goes host-authenticated (DANE-EE) to mx.signed.org, which "
            + "unsigned MX records name.");
    }

    @Test
    void shouldNeverCallAnAuditedDestinationAuthenticated() {
        policy = Policy.AUDIT;
        mx(10, "mx", HOST);
        world.tlsa(zone(), "mx", HOST, 3, 1);
        Diagnosis diagnosis = diagnosis();

        assertThat(explain(diagnosis).prospect().kind()).isEqualTo(Forecast.Kind.UNPROTECTED);
        assertThat(explain(diagnosis).prospect().sentence()).endsWith("or without if that fails, because its policy only audits.");
    }

    @Test
    void shouldSayWhatAnAuditWouldHaveDeferred() {
        policy = Policy.AUDIT;
        mx(10, "mx", HOST);
        world.tlsa(zone(), "mx", HOST, 3, 1).signatures(world.tlsaOwner("mx"), "TLSA", Signatures.EXPIRED);

        Forecast prospect = explain(diagnosis()).prospect();

        assertThat(prospect.kind()).isEqualTo(Forecast.Kind.UNPROTECTED);
        assertThat(prospect.sentence())
            .contains("its policy only audits; the policy dane would defer it: mx.example.org: the TLSA records");
    }

    @Test
    void shouldCallRequiredTlsWithoutTlsaEncrypted() {
        policy = Policy.DANE_ENCRYPT;
        mx(10, "mx", HOST);

        Forecast prospect = explain(diagnosis()).prospect();

        assertThat(prospect.kind()).isEqualTo(Forecast.Kind.ENCRYPTED);
        assertThat(prospect.sentence())
            .isEqualTo("Mail to example.org goes encrypted but unauthenticated to mx.example.org, because it has no secure TLSA records.");
    }

    @Test
    void shouldSayWhatWaitsWhereAnAuthenticatedHostIsDemanded() {
        policy = Policy.AUTHENTICATED;
        mx(10, "mx", HOST);

        assertThat(explain(diagnosis()).prospect().sentence()).startsWith("Mail to example.org is deferred (4.7.5): mx.example.org: the "
            + "policy demands an authenticated host, but it has no usable TLSA records");
        Forecast forged = explain(diagnosis(FakeDns.unsigned().missing("example.org", RecordType.MX))).prospect();
        assertThat(forged.kind()).isEqualTo(Forecast.Kind.DEFERRED);
        assertThat(forged.sentence()).contains("is not signed");
    }

    @Test
    void shouldProbeEveryHostAndSendNothing() throws Exception {
        ScriptedSmtpServer good = mx(10, "mx1", HOST);
        ScriptedSmtpServer impostor = mx(20, "mx2", OTHER);
        world.tlsa(zone(), "mx1", HOST, 3, 1);
        world.tlsa(zone(), "mx2", HOST, 3, 1);
        Diagnosis diagnosis = diagnosis();
        List<ProbeReport> progress = new ArrayList<>();

        ProbeReport report = diagnosis.probe(explain(diagnosis), progress::add);

        assertThat(report.prospect().kind()).isEqualTo(Forecast.Kind.AUTHENTICATED);
        assertThat(report.prospect().sentence()).startsWith("Mail to example.org goes verified to mx1.example.org (127.79.1.1); "
            + "mx2.example.org (127.79.1.2) is not used, no TLSA record matches its certificates");
        assertThat(progress).extracting(each -> each.probes().size()).containsExactly(0, 1, 2);
        JsonNode tree = JSON.readTree(report.toJson());
        JsonNode first = tree.at("/addresses/0");
        assertThat(first.at("/result").textValue()).isEqualTo("verified");
        assertThat(first.at("/tls").textValue()).isEqualTo("TLSv1.3");
        assertThat(first.at("/cipher").textValue()).startsWith("TLS_");
        assertThat(first.at("/matched").textValue()).isEqualTo(HOST.association(3, 1, 1).toString());
        assertThat(first.at("/certificates/0/spkiSha256").textValue()).isEqualTo(HOST.association(3, 1, 1).data());
        assertThat(first.at("/certificates/0/sha256").textValue()).isEqualTo(HOST.association(3, 0, 1).data());
        assertThat(tree.at("/addresses/1/result").textValue()).isEqualTo("failed");
        assertThat(tree.at("/addresses/1/failure/resultType").textValue()).isEqualTo("validation-failure");
        assertThat(tree.at("/warnings").toString()).contains("mx2.example.org (127.79.1.2) would not be used");
        for (ScriptedSmtpServer server : List.of(good, impostor)) {
            server.awaitEnd();
            assertThat(server.session(1).verbs()).containsExactly("EHLO", "STARTTLS", "EHLO", "QUIT");
        }
    }

    @Test
    void shouldDeferAfterAProbeThatNoHostPasses() throws Exception {
        mx(10, "mx", OTHER);
        world.tlsa(zone(), "mx", HOST, 3, 1);
        Diagnosis diagnosis = diagnosis();

        Forecast prospect = diagnosis.probe(explain(diagnosis), state -> { }).prospect();

        assertThat(prospect.kind()).isEqualTo(Forecast.Kind.DEFERRED);
        assertThat(prospect.sentence()).startsWith("Mail to example.org is deferred (4.7.5): mx.example.org: no TLSA record matches");
    }

    @Test
    void shouldConnectToNobodyWhoIsNotToBeUsed() throws Exception {
        ScriptedSmtpServer server = mx(10, "mx", HOST);
        world.tlsa(zone(), "mx", HOST, 3, 1);
        SignedDns dns = world.start().fault(world.tlsaOwner("mx") + ".example.org", "TLSA", Fault.servFail());
        Diagnosis diagnosis = diagnosis(dns);

        ProbeReport report = diagnosis.probe(explain(diagnosis), state -> { });

        assertThat(report.total()).isZero();
        assertThat(report.prospect().kind()).isEqualTo(Forecast.Kind.DEFERRED);
        assertThat(server.connections()).isZero();
    }

    @Test
    void shouldStopBetweenTwoAddressesWhenItIsCancelled() {
        ScriptedSmtpServer first = mx(10, "mx1", HOST);
        ScriptedSmtpServer second = mx(20, "mx2", HOST);
        Diagnosis diagnosis = diagnosis();
        Explanation explanation = explain(diagnosis);

        assertThatThrownBy(() -> diagnosis.probe(explanation, state -> {
            if (state.probes().size() == 1) {
                Thread.currentThread().interrupt();
            }
        })).isInstanceOf(InterruptedException.class);

        assertThat(first.connections()).isEqualTo(1);
        assertThat(second.connections()).isZero();
    }

    @Test
    void shouldWarnOfACertificateRecordWithoutASuccessor() throws Exception {
        mx(10, "mx", HOST);
        world.tlsa(zone(), "mx", HOST, 3, 0);

        assertThat(warnings()).singleElement().asString().contains("TLSA records for its present certificate only");
    }

    @Test
    void shouldNotWarnWhereTheNextKeyIsPublished() throws Exception {
        Credential ending = TestPki.selfSigned("mx.example.org").valid(Instant.now().minusSeconds(60), Instant.now().plusSeconds(86_400))
            .issue();
        mx(10, "mx", ending);
        world.tlsa(world.tlsa(zone(), "mx", ending, 3, 1), "mx", OTHER, 3, 1);

        assertThat(warnings()).isEmpty();
    }

    @Test
    void shouldWarnOfAKeyRecordOnlyWhenTheCertificateEndsSoon() throws Exception {
        Credential ending = TestPki.selfSigned("mx.example.org").valid(Instant.now().minusSeconds(60), Instant.now().plusSeconds(86_400))
            .issue();
        mx(10, "mx1", ending);
        mx(20, "mx2", HOST);
        world.tlsa(zone(), "mx1", ending, 3, 1);
        world.tlsa(zone(), "mx2", HOST, 3, 1);

        assertThat(warnings()).singleElement().asString().contains("mx1.example.org").contains("TLSA records for its key only");
    }

    @Test
    void shouldWarnOfACertificateUnderATrustAnchorThatEndsSoon() throws Exception {
        Authority authority = TestPki.authority("ca");
        Credential ending = authority.leaf("mx.example.org").valid(Instant.now().minusSeconds(60), Instant.now().plusSeconds(86_400))
            .issue();
        mx(10, "mx", ending);
        zone().tlsa(world.tlsaOwner("mx"), 2, 0, 0, octets(authority));

        assertThat(warnings()).singleElement().asString().contains("has a certificate that ends at").contains("mail is deferred then");
    }

    private static byte[] octets(Authority authority) {
        return org.jamesdane.testing.pki.Association.of(2, 0, 0, authority.certificate()).octets();
    }

    @Test
    void shouldWarnOfASignatureInTheLastPartOfItsTime() throws Exception {
        mx(10, "mx", HOST);
        world.tlsa(zone(), "mx", HOST, 3, 1).validity(Duration.ofDays(20), Duration.ofDays(1));

        assertThat(warnings()).isNotEmpty().allMatch(warning -> warning.startsWith("The signature over "))
            .anyMatch(warning -> warning.contains("made by the zone example.org"));
    }

    @Test
    void shouldNotWarnOfShortSignaturesThatWereJustMade() throws Exception {
        mx(10, "mx", HOST);
        world.tlsa(zone(), "mx", HOST, 3, 1).validity(Duration.ofDays(1), Duration.ofDays(1));

        assertThat(warnings()).isEmpty();
    }

    @Test
    void shouldWarnOfAHostWithoutTlsaBesideOneWithIt() throws Exception {
        mx(10, "mx1", HOST);
        mx(20, "mx2", HOST);
        world.tlsa(zone(), "mx1", HOST, 3, 1);

        assertThat(warnings()).containsExactly("mx2.example.org has no usable TLSA records, while mx1.example.org has to authenticate "
            + "itself: mail can be led there without authentication.");
    }

    private List<String> warnings() throws InterruptedException {
        Diagnosis diagnosis = diagnosis();
        return diagnosis.probe(explain(diagnosis), state -> { }).warnings();
    }
}
