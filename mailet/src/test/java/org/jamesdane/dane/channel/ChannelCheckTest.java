/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.dane.channel;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Optional;
import java.util.Set;

import org.jamesdane.dane.CertificateZoo;
import org.jamesdane.dane.failure.FailureKind;
import org.jamesdane.dane.failure.HostFailure;
import org.jamesdane.dane.failure.RfcSection;
import org.jamesdane.dane.failure.TlsReportType;
import org.jamesdane.dane.pkix.Authorities;
import org.jamesdane.dane.pkix.PeerCertificate;
import org.jamesdane.dane.routing.MxHost;
import org.jamesdane.dns.DomainName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Permits for channels that fulfil a requirement, and refusals of all others. */
class ChannelCheckTest extends VerifierBed {
    private static final MxHost.Named HOST = new MxHost.Named(DomainName.of("mx.example.com"), 10);

    private static Channel channel(String chain) {
        return Channel.encrypted(new Channel.Tls("TLSv1.3", "TLS_AES_128_GCM_SHA256", Optional.empty(),
            PeerCertificate.of(ZOO.chain(chain)),
            new Channel.Strength(Optional.of("x25519"), "P-256", true)));
    }

    private static TlsRequirement dane(String... records) {
        return new TlsRequirement.Dane(HOST, records(records), NAMES.get(0), NAMES, SecurityLabel.VERIFIED);
    }

    @Test
    void shouldPermitAChannelForItselfOnly() {
        Channel channel = channel("leaf ca");
        ChannelCheck.Permitted permitted = (ChannelCheck.Permitted) ChannelCheck.of(dane("3 1 1 leaf"), channel, CertificateZoo.NOW);

        assertThat(permitted.permit().covers(channel)).isTrue();
        assertThat(permitted.permit().covers(channel("leaf ca"))).isFalse();
        assertThat(permitted.permit().covers(Channel.clear())).isFalse();
        assertThat(permitted.permit().label()).isEqualTo(SecurityLabel.VERIFIED);
        assertThat(permitted.label()).isEqualTo(SecurityLabel.VERIFIED);
        assertThat(permitted.match().orElseThrow().record()).isEqualTo(ZOO.record("3 1 1 leaf"));
    }

    @Test
    void shouldRefuseAChannelThatDoesNotMatch() {
        ChannelCheck.Refused refused = (ChannelCheck.Refused) ChannelCheck.of(
            dane("3 1 1 other", "3 0 1 self", "2 0 1 stranger", "2 1 1 thief"), channel("leaf ca"), CertificateZoo.NOW);

        assertThat(refused.verdicts()).hasSize(4);
        assertThat(refused.failure().text()).startsWith("no TLSA record matches its certificates: 3 1 1 ").endsWith(" and 1 more");
        assertThat(refused.failure().kind()).isEqualTo(FailureKind.NOT_AUTHENTICATED);
        assertThat(refused.failure().reportType()).contains(TlsReportType.VALIDATION_FAILURE);
        assertThat(refused.failure().ownFault()).isFalse();
        ChannelCheck.Refused three = (ChannelCheck.Refused) ChannelCheck.of(dane("3 1 1 other", "3 0 1 self", "2 0 1 stranger"),
            channel("leaf ca"), CertificateZoo.NOW);
        assertThat(three.failure().text()).doesNotContain(" more").contains("; 2 0 1 ");
    }

    @Test
    void shouldRefuseAChannelWithoutCertificates() {
        ChannelCheck.Refused refused = (ChannelCheck.Refused) ChannelCheck.of(dane("3 1 1 leaf"), channel(""), CertificateZoo.NOW);

        assertThat(refused.failure().text()).isEqualTo("the server sent no certificate");
        assertThat(refused.verdicts()).isEmpty();
    }

    @Test
    void shouldRefuseAHostThatMustNotBeUsed() {
        HostFailure failure = HostFailure.of(FailureKind.DANE_REQUIRED, "mx", "no", RfcSection.MANDATORY);

        assertThat(ChannelCheck.of(new TlsRequirement.HostNotUsed(HOST, failure), channel("leaf ca"), CertificateZoo.NOW))
            .isEqualTo(new ChannelCheck.Refused(failure, List.of()));
        assertThat(new TlsRequirement.HostNotUsed(HOST, failure).serverName()).isEmpty();
    }

    @Test
    void shouldWantTlsWhereItIsRequired() {
        TlsRequirement encrypt = new TlsRequirement.Encrypt(HOST, Optional.empty());
        TlsRequirement pkix = new TlsRequirement.Pkix(HOST, NAMES.get(0), Authorities.NONE);
        TlsRequirement sts = sts("root");

        assertThat(List.of(encrypt, pkix, sts, dane("3 1 1 leaf"))).allSatisfy(requirement -> {
            assertThat(requirement.needsTls()).isTrue();
            assertThat(ChannelCheck.of(requirement, Channel.clear(), CertificateZoo.NOW))
                .isEqualTo(new ChannelCheck.Refused(HostFailure.startTlsMissing("mx.example.com"), List.of()));
        });
        assertThat(List.of(new TlsRequirement.NoTls(HOST), new TlsRequirement.Opportunistic(HOST))).allSatisfy(requirement -> {
            assertThat(requirement.needsTls()).isFalse();
            assertThat(requirement.serverName()).isEmpty();
            assertThat(((ChannelCheck.Permitted) ChannelCheck.of(requirement, Channel.clear(), CertificateZoo.NOW)).label())
                .isEqualTo(SecurityLabel.CLEAR);
        });
        assertThat(((ChannelCheck.Permitted) ChannelCheck.of(encrypt, channel(""), CertificateZoo.NOW)).label())
            .isEqualTo(SecurityLabel.ENCRYPTED);
    }

    private static TlsRequirement.Sts sts(String anchor) {
        return new TlsRequirement.Sts(HOST, NAMES.get(0), Authorities.own(Set.of(ZOO.certificate(anchor))), "20260101");
    }

    private static ChannelCheck check(TlsRequirement requirement, String chain) {
        return ChannelCheck.of(requirement, channel(chain), CertificateZoo.NOW);
    }

    @Test
    void shouldVerifyAHostOfAnMtaStsPolicyByACa() {
        assertThat(sts("root").serverName()).contains(NAMES.get(0));
        assertThat(check(sts("root"), "leaf ca")).isInstanceOfSatisfying(ChannelCheck.Permitted.class, permitted -> {
            assertThat(permitted.label()).isEqualTo(SecurityLabel.VERIFIED_STS).hasToString("verified-sts");
            assertThat(permitted.permit().namedBy()).contains(NameProof.MTA_STS);
            assertThat(permitted.match()).isEmpty();
        });
    }

    @ParameterizedTest
    @CsvSource({"wrongname ca, certificate-host-mismatch", "expired ca, certificate-expired",
        "strangeleaf strangeca, certificate-not-trusted",
        "leaf, certificate-not-trusted", "'', certificate-not-trusted", "cnonly ca, certificate-host-mismatch"})
    void shouldRefuseAHostThatAnMtaStsPolicyDoesNotAccept(String chain, String type) {
        // RFC 8461 §4.2: not expired, chains to a trusted root, and the name is a DNS-ID; a common name alone is none.
        assertThat(check(sts("root"), chain)).isInstanceOfSatisfying(ChannelCheck.Refused.class, refused -> {
            assertThat(refused.failure().kind()).isEqualTo(FailureKind.STS_NOT_AUTHENTICATED);
            assertThat(refused.failure().kind().isForSts()).isTrue();
            assertThat(refused.failure().code()).hasToString("4.7.5");
            assertThat(refused.failure().section()).hasToString("RFC 8461 §4.2");
            assertThat(refused.failure().reportType().orElseThrow()).hasToString(type);
        });
    }

    @Test
    void shouldSayWhatProvesTheNameOfAHost() {
        Channel channel = channel("leaf ca");

        assertThat(SecurityLabel.values())
            .extracting(label -> TestPermits.issue(channel, label).namedBy().map(NameProof::toString).orElse(""))
            .containsExactly("", "", "", "mta-sts", "dnssec");
        assertThat(dane("3 1 1 leaf").namedBy()).contains(NameProof.DNSSEC);
        assertThat(sts("root").namedBy()).contains(NameProof.MTA_STS);
        assertThat(new TlsRequirement.Opportunistic(HOST).namedBy()).isEmpty();
    }

    @Test
    void shouldVerifyAGatewayByACa() {
        TlsRequirement pkix = new TlsRequirement.Pkix(HOST, NAMES.get(0), Authorities.own(Set.of(ZOO.certificate("root"))));

        assertThat(((ChannelCheck.Permitted) ChannelCheck.of(pkix, channel("leaf ca"), CertificateZoo.NOW)).label())
            .isEqualTo(SecurityLabel.HOST_AUTHENTICATED);
        assertThat(((ChannelCheck.Refused) ChannelCheck.of(pkix, channel("wrongname ca"), CertificateZoo.NOW)).failure().text())
            .isEqualTo("its certificate is for mx.other.example and not for mx.example.com");
        assertThat(((ChannelCheck.Refused) ChannelCheck.of(pkix, channel("leaf"), CertificateZoo.NOW)).failure().text())
            .isEqualTo("its certificate is not from a trusted CA: no chain of signatures leads from the certificate to the trust anchor");
        assertThat(((ChannelCheck.Refused) ChannelCheck.of(pkix, channel(""), CertificateZoo.NOW)).failure().text())
            .isEqualTo("it sent no certificate");
    }
}
