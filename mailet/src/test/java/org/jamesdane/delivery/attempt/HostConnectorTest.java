/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.delivery.attempt;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.InetSocketAddress;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

import org.jamesdane.dane.channel.ChannelCheck;
import org.jamesdane.dane.channel.SecurityLabel;
import org.jamesdane.dane.channel.TlsRequirement;
import org.jamesdane.dane.pkix.Authorities;
import org.jamesdane.dane.policy.Policy;
import org.jamesdane.dane.policy.PolicyTable;
import org.jamesdane.dane.routing.MxHost;
import org.jamesdane.dane.routing.RoutingRules;
import org.jamesdane.dane.tlsa.TlsaSearch;
import org.jamesdane.dane.tlsa.TlsaUsability;
import org.jamesdane.delivery.settings.BindAddresses;
import org.jamesdane.delivery.settings.DeliverySettings;
import org.jamesdane.delivery.settings.EightBitConversion;
import org.jamesdane.dns.DomainName;
import org.jamesdane.dns.TlsaRecord;
import org.jamesdane.smtp.ConnectionKey;
import org.jamesdane.smtp.Phase;
import org.jamesdane.smtp.SmtpConnection;
import org.jamesdane.smtp.SmtpEndpoint;
import org.jamesdane.smtp.SmtpException;
import org.jamesdane.smtp.SmtpFailure;
import org.jamesdane.smtp.SocketSmtpConnector;
import org.jamesdane.smtp.Timeouts;
import org.jamesdane.testing.pki.Association;
import org.jamesdane.testing.pki.Authority;
import org.jamesdane.testing.pki.Credential;
import org.jamesdane.testing.pki.KeyKind;
import org.jamesdane.testing.pki.TestPki;
import org.jamesdane.testing.smtp.ScriptedSmtpServer;
import org.jamesdane.tls.TlsOffer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

class HostConnectorTest {
    private static final DomainName NAME = DomainName.of("mx.example");
    private static final MxHost HOST = new MxHost.Named(NAME, 10);
    private static final Authority AUTHORITY = TestPki.authority("Connector CA");
    private static final DeliverySettings SETTINGS = new DeliverySettings(
        new DeliverySettings.Decision(PolicyTable.of(Policy.DANE, Map.of()), RoutingRules.defaults(), TlsaSearch.InsecureMx.DANE),
        new DeliverySettings.Connection(25, false, "client.example", BindAddresses.ANY, Timeouts.defaults(), TlsOffer.DEFAULT), List.of(),
        DeliverySettings.GatewayOptions.PLAIN, EightBitConversion.CONVERT);

    private static TlsRequirement dane(Stream<TlsaRecord> records) {
        return new TlsRequirement.Dane(HOST, TlsaUsability.of(records.toList()).usable().orElseThrow(), NAME, List.of(NAME),
            SecurityLabel.VERIFIED);
    }

    private static TlsRequirement dane(Association... records) {
        return dane(Stream.of(records).map(each -> new TlsaRecord(each.usage(), each.selector(), each.matchingType(), each.octets())));
    }

    private static TlsRequirement pkix(Set<java.security.cert.X509Certificate> anchors) {
        return new TlsRequirement.Pkix(HOST, NAME, Authorities.own(anchors));
    }

    /** Connects to a host that shows that key, and gives the verdict on the connection. */
    private static ChannelCheck check(Credential shown, TlsRequirement requirement) throws SmtpException {
        // RFC 8446 §4.2.3: 512 bits are too few for any signature of TLS 1.3.
        try (ScriptedSmtpServer server = ScriptedSmtpServer.builder().address("127.78.9.1").tls(shown.serverContext())
                .tlsProtocols("TLSv1.2").start();
                SocketSmtpConnector connector = new SocketSmtpConnector();
                SmtpConnection connection = new HostConnector(connector, SETTINGS, requirement, server.address()).connect()) {
            return ChannelCheck.of(requirement, connection.channel(), Instant.now());
        }
    }

    @ParameterizedTest
    @EnumSource(value = KeyKind.class, names = {"RSA_512", "RSA_768", "RSA_1023"})
    void shouldPreferTlsWithAShortKeyToClearText(KeyKind kind) throws SmtpException {
        // RFC 7672 §2.2: clear text is for hosts that cannot do TLS, and this one can.
        Credential shown = AUTHORITY.leaf("mx.example").key(kind).issue();
        for (TlsRequirement each : List.of(new TlsRequirement.Opportunistic(HOST), new TlsRequirement.Encrypt(HOST, Optional.empty()))) {
            assertThat(check(shown, each)).isInstanceOfSatisfying(ChannelCheck.Permitted.class,
                permitted -> assertThat(permitted.label()).isEqualTo(SecurityLabel.ENCRYPTED));
        }
    }

    @ParameterizedTest
    @CsvSource({"RSA_512, 512", "RSA_768, 768", "RSA_1023, 1023"})
    void shouldAuthenticateNobodyByAShortKey(KeyKind kind, int bits) throws SmtpException {
        Credential shown = AUTHORITY.leaf("mx.example").key(kind).issue();
        for (TlsRequirement each : List.of(dane(shown.association(3, 1, 1)), dane(shown.association(3, 0, 2)),
                dane(Association.of(2, 0, 1, AUTHORITY.certificate())), dane(Association.of(2, 1, 0, AUTHORITY.certificate())))) {
            assertThat(check(shown, each)).isInstanceOfSatisfying(ChannelCheck.Refused.class, refused ->
                assertThat(refused.failure().text()).contains("its RSA key has " + bits + " bits; DANE asks for 1024"));
        }
        assertThat(check(shown, pkix(Set.of(AUTHORITY.certificate())))).isInstanceOf(ChannelCheck.Refused.class);
    }

    @Test
    void shouldAuthenticateAHostByAKeyOf1024Bits() throws SmtpException {
        Credential shown = AUTHORITY.leaf("mx.example").key(KeyKind.RSA_1024).issue();

        assertThat(check(shown, dane(shown.association(3, 1, 1)))).isInstanceOf(ChannelCheck.Permitted.class);
    }

    /** The endpoints asked for by a connector under that requirement, which nobody answers. */
    private static List<SmtpEndpoint> endpoints(TlsRequirement requirement) {
        List<SmtpEndpoint> endpoints = new ArrayList<>();
        HostConnector connector = new HostConnector((endpoint, fallback, timeouts) -> {
            endpoints.add(endpoint);
            throw new SmtpException(new SmtpFailure.ConnectionLost(Phase.CONNECT, "nobody there"));
        }, SETTINGS, requirement, new InetSocketAddress("127.78.9.2", 25));
        assertThatThrownBy(connector::connect).isInstanceOf(SmtpException.class);
        assertThat(connector.key(Optional.empty()).endpoint()).isEqualTo(endpoints.get(0));
        return endpoints;
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "3 1 1             | true",
        "3 1 0             | true",
        "3 1 1, 3 1 2      | true",
        "3 0 1             | false",
        "2 1 1             | false",
        "2 0 1             | false",
        "3 1 1, 3 0 1      | false",
        "3 1 1, 2 1 1      | false",
        "2 0 1, 3 1 1      | false"})
    void shouldOfferRawKeysOnlyWhereEveryRecordIs31x(String records, boolean offered) {
        // RFC 7671 §5.1: without a certificate a record with another usage or selector could not match.
        Credential shown = AUTHORITY.leaf("mx.example").issue();
        Association[] associations = Stream.of(records.split(", *", -1)).map(text -> text.split(" ", -1))
            .map(numbers -> shown.association(Integer.parseInt(numbers[0]), Integer.parseInt(numbers[1]), Integer.parseInt(numbers[2])))
            .toArray(Association[]::new);

        assertThat(endpoints(dane(associations))).singleElement()
            .satisfies(endpoint -> assertThat(endpoint.tls().rawPublicKeys()).isEqualTo(offered));
    }

    @Test
    void shouldPoolRawKeysApartFromCertificates() {
        Credential shown = AUTHORITY.leaf("mx.example").issue();

        assertThat(key(dane(shown.association(3, 1, 1)))).isEqualTo(key(dane(shown.association(3, 1, 2))))
            .isNotEqualTo(key(dane(shown.association(3, 1, 1), shown.association(3, 0, 1))));
    }

    private static ConnectionKey key(TlsRequirement requirement) {
        return new HostConnector((endpoint, fallback, timeouts) -> {
            throw new IllegalStateException("nobody is connected to");
        }, SETTINGS, requirement, new InetSocketAddress("127.78.9.2", 25)).key(Optional.empty());
    }

    static Stream<TlsRequirement> shouldOfferNoRawKeysWithoutDane() {
        return Stream.of(new TlsRequirement.NoTls(HOST), new TlsRequirement.Opportunistic(HOST),
            new TlsRequirement.Encrypt(HOST, Optional.of(NAME)), pkix(Set.of(AUTHORITY.certificate())));
    }

    @ParameterizedTest
    @MethodSource
    void shouldOfferNoRawKeysWithoutDane(TlsRequirement requirement) {
        assertThat(endpoints(requirement)).singleElement()
            .satisfies(endpoint -> assertThat(endpoint.tls().rawPublicKeys()).isFalse());
    }
}
