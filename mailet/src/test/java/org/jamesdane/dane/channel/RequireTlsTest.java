/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.dane.channel;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.util.List;
import java.util.Optional;

import org.jamesdane.dane.failure.FailureKind;
import org.jamesdane.dane.failure.HostFailure;
import org.jamesdane.dane.failure.RfcSection;
import org.jamesdane.dane.pkix.Authorities;
import org.jamesdane.dane.policy.NextHop;
import org.jamesdane.dane.policy.SenderTlsPreference;
import org.jamesdane.dane.routing.MxHost;
import org.jamesdane.dane.routing.Routing;
import org.jamesdane.dane.tlsa.TlsaUsability;
import org.jamesdane.dane.tlsa.UsableTlsaSet;
import org.jamesdane.dns.DomainName;
import org.jamesdane.dns.Security;
import org.jamesdane.dns.TlsaRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class RequireTlsTest {
    private static final MxHost.Named HOST = new MxHost.Named(DomainName.of("mx.example.com"), 10);
    private static final NextHop DOMAIN = new NextHop.Domain(DomainName.of("example.com"), 25, false);

    private static Routing.Route route(Routing.Kind kind, Security security) {
        return new Routing.Route(DOMAIN, kind, "example.com", security, List.of(HOST), List.of());
    }

    private static TlsRequirement raise(TlsRequirement byPolicy, Routing.Kind kind, Security security) {
        return RequireTls.raise(byPolicy, route(kind, security), Authorities.NONE);
    }

    @Test
    void shouldNotUseAHostThatUnsignedMxRecordsName() {
        // RFC 8689 §2: its name MUST be validated via a DNSSEC signature on the recipient domain's MX record.
        assertThat(raise(new TlsRequirement.Opportunistic(HOST), Routing.Kind.EXPLICIT_MX, Security.INSECURE))
            .isInstanceOfSatisfying(TlsRequirement.HostNotUsed.class, refused -> {
                assertThat(refused.failure().kind()).isEqualTo(FailureKind.REQUIRETLS_UNMET);
                assertThat(refused.failure().code()).hasToString("5.7.10");
                assertThat(refused.failure().text()).contains("not signed").contains("REQUIRETLS");
            });
    }

    @ParameterizedTest
    @EnumSource(value = Routing.Kind.class, names = {"EXPLICIT_MX", "IMPLICIT_MX", "GATEWAY"})
    void shouldAuthenticateAHostWithoutUsableTlsaRecordsByAPublicAuthority(Routing.Kind kind) {
        for (TlsRequirement weak : List.of(new TlsRequirement.Opportunistic(HOST), new TlsRequirement.NoTls(HOST),
                new TlsRequirement.Encrypt(HOST, Optional.empty()))) {
            // RFC 8689 §4.2.1: the hostname from the MX record lookup MUST match the certificate.
            assertThat(raise(weak, kind, Security.SECURE)).isInstanceOfSatisfying(TlsRequirement.Pkix.class,
                pkix -> assertThat(pkix.name()).isEqualTo(DomainName.of("mx.example.com")));
        }
    }

    @Test
    void shouldUseAHostThatAnMtaStsPolicyNames() {
        // RFC 8689 §2: or the host is named by a valid MTA-STS policy.
        TlsRequirement sts = new TlsRequirement.Sts(HOST, HOST.name(), Authorities.NONE, "20260101");
        TlsRequirement dane = dane(SecurityLabel.VERIFIED_STS);

        for (TlsRequirement named : List.of(sts, dane)) {
            assertThat(raise(named, Routing.Kind.EXPLICIT_MX, Security.INSECURE)).isSameAs(named);
            assertThat(raise(named, Routing.Kind.EXPLICIT_MX, Security.SECURE)).isSameAs(named);
        }
    }

    @Test
    void shouldNotTakeDaneAloneForTheNameOfAHost() {
        assertThat(raise(dane(SecurityLabel.HOST_AUTHENTICATED), Routing.Kind.EXPLICIT_MX, Security.INSECURE))
            .isInstanceOfSatisfying(TlsRequirement.HostNotUsed.class,
                refused -> assertThat(refused.failure().kind()).isEqualTo(FailureKind.REQUIRETLS_UNMET));
    }

    private static TlsRequirement dane(SecurityLabel label) {
        UsableTlsaSet records = TlsaUsability.of(List.of(new TlsaRecord(3, 1, 1, new byte[32]))).usable().orElseThrow();
        return new TlsRequirement.Dane(HOST, records, HOST.name(), List.of(HOST.name()), label);
    }

    @Test
    void shouldHoldADomainWithoutMxRecordsToItsOwnName() {
        assertThat(raise(new TlsRequirement.Opportunistic(HOST), Routing.Kind.IMPLICIT_MX, Security.INSECURE))
            .isInstanceOf(TlsRequirement.Pkix.class);
    }

    @Test
    void shouldKeepAFailedLookupAFailedLookup() {
        TlsRequirement failed = new TlsRequirement.HostNotUsed(HOST, HostFailure.of(FailureKind.TLSA_LOOKUP, "mx.example.com", "bogus",
            RfcSection.LOOKUP_FAILURE));

        assertThat(raise(failed, Routing.Kind.EXPLICIT_MX, Security.SECURE)).isSameAs(failed);
    }

    @Test
    void shouldNotUseAnAddress() throws Exception {
        MxHost literal = new MxHost.Literal(InetAddress.getByAddress(new byte[] {(byte) 192, 0, 2, 1}), 0);

        assertThat(raise(new TlsRequirement.Opportunistic(literal), Routing.Kind.ADDRESS_LITERAL, Security.INSECURE))
            .isInstanceOf(TlsRequirement.HostNotUsed.class);
    }

    @ParameterizedTest
    @EnumSource(FailureKind.class)
    void shouldCallWantOfTlsUnmetAndLeaveTheRest(FailureKind kind) {
        HostFailure failure = HostFailure.of(kind, "mx.example.com", "it failed", RfcSection.MATCHING);
        boolean tls = List.of(FailureKind.STARTTLS_MISSING, FailureKind.STARTTLS_REFUSED, FailureKind.HANDSHAKE,
            FailureKind.NOT_AUTHENTICATED, FailureKind.STS_NOT_AUTHENTICATED, FailureKind.IDENTITY_NOT_VERIFIED).contains(kind);

        HostFailure judged = RequireTls.judge(failure);
        assertThat(judged.kind()).isEqualTo(tls ? FailureKind.REQUIRETLS_UNMET : kind);
        assertThat(judged.text()).endsWith("it failed");
    }

    @Test
    void shouldReadTheSendersWish() {
        assertThat(SenderTlsPreference.of(false, List.of())).isEqualTo(SenderTlsPreference.UNSAID);
        assertThat(SenderTlsPreference.of(true, List.of())).isEqualTo(SenderTlsPreference.REQUIRED);
        assertThat(SenderTlsPreference.of(false, List.of(" No"))).isEqualTo(SenderTlsPreference.OPTIONAL);
        assertThat(SenderTlsPreference.of(false, List.of("no"))).isEqualTo(SenderTlsPreference.OPTIONAL);
        // RFC 8689 §4.1: the header field is ignored; §3: it has one parameter and stands once.
        assertThat(SenderTlsPreference.of(true, List.of("No"))).isEqualTo(SenderTlsPreference.REQUIRED);
        assertThat(SenderTlsPreference.of(false, List.of("No", "No"))).isEqualTo(SenderTlsPreference.UNSAID);
        assertThat(SenderTlsPreference.of(false, List.of("Yes"))).isEqualTo(SenderTlsPreference.UNSAID);
    }
}
