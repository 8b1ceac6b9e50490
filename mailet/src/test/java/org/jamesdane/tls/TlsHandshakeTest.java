/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.tls;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.security.Security;
import java.security.cert.X509Certificate;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

import org.bouncycastle.jce.provider.BouncyCastleProvider;
import org.jamesdane.dane.channel.Channel;
import org.jamesdane.dane.pkix.PeerCertificate;
import org.jamesdane.dns.DomainName;
import org.jamesdane.testing.pki.Authority;
import org.jamesdane.testing.pki.Credential;
import org.jamesdane.testing.pki.KeyKind;
import org.jamesdane.testing.pki.Leaf;
import org.jamesdane.testing.pki.Purpose;
import org.jamesdane.testing.pki.SignatureHash;
import org.jamesdane.testing.pki.TestPki;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(60)
class TlsHandshakeTest {
    private static final Authority AUTHORITY = TestPki.authority("Test CA").intermediate("Test Sub CA");
    private static final Leaf LEAF = AUTHORITY.leaf("mx.example");
    /** Waits until the client has had what it wants. */
    private static final TlsPeer.Behaviour ECHO = socket -> {
        for (int octet = socket.getInputStream().read(); octet >= 0; octet = socket.getInputStream().read()) {
            socket.getOutputStream().write(octet);
        }
    };

    private static TlsSettings only(TlsProtocol protocol) {
        return new TlsSettings(Optional.of(DomainName.of("mx.example")), TlsOffer.of(Set.of(protocol)), false);
    }

    private static Channel.Tls shown(Credential credential, TlsSettings settings) throws IOException {
        try (TlsPeer peer = new TlsPeer(credential, ECHO); Socket plain = peer.connect()) {
            TlsHandshake.Secured secured = TlsHandshake.perform(plain, settings);
            secured.out().write('x');
            assertThat(secured.in().read()).isEqualTo('x');
            return secured.channel().tls().orElseThrow();
        }
    }

    @ParameterizedTest
    @EnumSource
    void shouldShowTheChainAsThePeerSentIt(TlsProtocol protocol) throws IOException {
        Credential credential = LEAF.issue();

        Channel.Tls tls = shown(credential, only(protocol));

        assertThat(tls.peerChain()).isEqualTo(PeerCertificate.of(credential.chain())).hasSize(3);
        assertThat(tls.protocol()).isEqualTo(protocol.toString());
        assertThat(tls.cipherSuite()).startsWith("TLS_");
        assertThat(tls.serverName()).contains("mx.example");
    }

    @Test
    void shouldOfferTls13AndTls12ByDefault() throws IOException {
        assertThat(shown(LEAF.issue(), TlsSettings.withoutServerName()).protocol()).isEqualTo("TLSv1.3");
    }

    static Stream<Named<Credential>> certificatesThatOnlyDaneCanJudge() {
        return Stream.of(
            Named.of("expired", LEAF.expired().issue()),
            Named.of("not yet valid", LEAF.notYetValid().issue()),
            Named.of("for another name", AUTHORITY.leaf("other.example").issue()),
            Named.of("without a name", LEAF.withoutNames().issue()),
            Named.of("self-signed", TestPki.selfSigned("mx.example").issue()),
            Named.of("a short RSA key", LEAF.key(KeyKind.RSA_1024).issue()),
            Named.of("RSA", LEAF.key(KeyKind.RSA_2048).issue()),
            Named.of("Ed25519", LEAF.key(KeyKind.ED25519).issue()),
            Named.of("signed with SHA-1", LEAF.signedWith(SignatureHash.SHA1).issue()),
            Named.of("a broken signature", LEAF.brokenSignature().issue()),
            Named.of("an unknown critical extension", LEAF.unknownCriticalExtension().issue()),
            Named.of("for clients", LEAF.extendedKeyUsage(Purpose.CLIENT_AUTH).issue()),
            Named.of("without key usage", LEAF.withoutKeyUsage().issue()),
            Named.of("a key usage without signing data", LEAF.keyUsage(4).issue()),
            Named.of("an issuer that is no authority", TestPki.authority("None").notAnAuthority().leaf("mx.example").issue()),
            Named.of("issuers in reverse order", LEAF.issue().issuersReversed()),
            Named.of("strangers in the chain", LEAF.issue().withStrangersBehindLeaf(TestPki.authority("Stranger").certificate())),
            Named.of("the leaf alone", LEAF.issue().leafOnly()));
    }

    @ParameterizedTest
    @MethodSource("certificatesThatOnlyDaneCanJudge")
    void shouldNotJudgeACertificate(Credential credential) throws IOException {
        // RFC 7672 §3.1.1: for DANE-EE names and dates do not count; what does is for the verifier to say.
        for (TlsProtocol protocol : TlsProtocol.values()) {
            assertThat(shown(credential, only(protocol)).peerChain()).isEqualTo(PeerCertificate.of(credential.chain()));
        }
    }

    @Test
    void shouldFailWhereACertificateCannotBeRead() {
        assertThatThrownBy(() -> shown(LEAF.undecodable().issue(), TlsSettings.withoutServerName())).isInstanceOf(TlsFailure.class);
    }

    @Test
    void shouldFailWhereAChainHasNoEnd() {
        X509Certificate[] strangers = Collections.nCopies(20, AUTHORITY.certificate()).toArray(X509Certificate[]::new);

        assertThatThrownBy(() -> shown(LEAF.issue().withStrangers(strangers), TlsSettings.withoutServerName()))
            .isInstanceOf(TlsFailure.class);
    }

    @ParameterizedTest
    @ValueSource(strings = {"mx.example", "_mx_1.example", "xn--bcher-kva.example", "-a-.example", "10.example"})
    void shouldSendTheServerNameByItsOctets(String name) throws IOException {
        try (TlsPeer peer = new TlsPeer(LEAF.issue(), ECHO); Socket plain = peer.connect()) {
            // A server on this platform refuses some of the names; what counts is what it was sent.
            Throwable refused = catchThrowable(() -> TlsHandshake.perform(plain, TlsSettings.forServer(DomainName.of(name))));
            assertThat(refused == null || name.contains("_") || name.startsWith("-")).isTrue();

            // RFC 6066 §3: a list of one name of type host_name (0), with the length of each.
            int length = name.length();
            String extension = "\0\0\0" + (char) (length + 5) + "\0" + (char) (length + 3) + "\0\0" + (char) length + name;
            assertThat(new String(peer.hellos().get(0), ISO_8859_1)).contains(extension);
        }
    }

    @Test
    void shouldSendNoServerNameWhereThereIsNone() throws IOException {
        try (TlsPeer peer = new TlsPeer(LEAF.issue(), ECHO); Socket plain = peer.connect()) {
            Channel.Tls tls = TlsHandshake.perform(plain, TlsSettings.withoutServerName()).channel().tls().orElseThrow();

            assertThat(tls.serverName()).isEmpty();
            assertThat(new String(peer.hellos().get(0), ISO_8859_1)).doesNotContain("127.0.0.1").doesNotContain("localhost");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"a\\.b.example", "a\\000b.example", "."})
    void shouldRefuseANameThatCouldBeTakenForAnother(String name) throws IOException {
        try (TlsPeer peer = new TlsPeer(LEAF.issue(), ECHO); Socket plain = peer.connect()) {
            assertThatThrownBy(() -> TlsHandshake.perform(plain, TlsSettings.forServer(DomainName.of(name))))
                .isInstanceOf(TlsFailure.class).hasMessageContaining("server");
        }
    }

    /** The numbers of the suites and of the extensions in a hello, the latter from 65536 on. */
    private static Set<Integer> offered(byte[] record) {
        ByteBuffer hello = ByteBuffer.wrap(record);
        hello.position(5 + 4 + 2 + 32);
        hello.position(hello.position() + 1 + hello.get(hello.position()));
        Set<Integer> numbers = new HashSet<>();
        for (int end = hello.getShort() + hello.position(); hello.position() < end;) {
            numbers.add((int) hello.getChar());
        }
        hello.position(hello.position() + 1 + hello.get(hello.position()) + 2);
        while (hello.hasRemaining()) {
            numbers.add(0x10000 + hello.getChar());
            hello.position(hello.position() + 2 + hello.getChar(hello.position()));
        }
        return numbers;
    }

    @ParameterizedTest
    @EnumSource
    void shouldOfferNothingThatWouldDecideForUs(TlsProtocol protocol) throws IOException {
        try (TlsPeer peer = new TlsPeer(LEAF.issue(), ECHO)) {
            for (int i = 0; i < 2; i++) {
                for (boolean raw : new boolean[] {false, true}) {
                    try (Socket plain = peer.connect()) {
                        TlsHandshake.perform(plain, new TlsSettings(Optional.empty(), TlsOffer.of(Set.of(protocol)), raw));
                    }
                    Set<Integer> offered = offered(peer.hellos().get(peer.hellos().size() - 1));
                    // Status of certificates, tickets, shared keys, early data, signatures in certificates (RFC 8446 §4.2), heartbeats.
                    assertThat(offered).doesNotContain(0x10005, 0x10011, 0x10023, 0x10029, 0x1002a, 0x10032, 0x1000f, 0x10013);
                    // RFC 7250 §4.1, §3
                    assertThat(offered.contains(0x10014)).isEqualTo(raw);
                    // Suites of ours; 255 says that RFC 5746 is known.
                    assertThat(offered.stream().filter(number -> number < 0x10000 && number != 0xff))
                        .isSubsetOf(Arrays.stream(TlsCipherSuite.values()).map(TlsCipherSuite::code).toList());
                }
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void shouldMakeAFullHandshakeEachTime(TlsProtocol protocol) throws IOException {
        // A resumed session shows no certificates: there would be nothing to hold against the records of today.
        try (TlsPeer peer = new TlsPeer(LEAF.issue(), ECHO)) {
            for (int i = 0; i < 3; i++) {
                try (Socket plain = peer.connect()) {
                    TlsHandshake.Secured secured = TlsHandshake.perform(plain, only(protocol));
                    secured.out().write('x');
                    assertThat(secured.in().read()).isEqualTo('x');
                    assertThat(secured.channel().tls().orElseThrow().peerChain()).hasSize(3);
                }
            }
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void shouldEndTheConnectionOnRenegotiation(boolean newSession) throws IOException {
        TlsPeer.Behaviour renegotiating = socket -> {
            socket.getInputStream().read();
            if (newSession) {
                socket.getSession().invalidate();
            }
            socket.startHandshake();
            ECHO.serve(socket);
        };
        try (TlsPeer peer = new TlsPeer(LEAF.issue(), renegotiating); Socket plain = peer.connect()) {
            TlsHandshake.Secured secured = TlsHandshake.perform(plain, only(TlsProtocol.TLS_1_2));
            secured.out().write('x');

            assertThatThrownBy(() -> secured.in().read())
                .isInstanceOf(IOException.class);
            assertThatThrownBy(() -> secured.out().write('z')).isInstanceOf(IOException.class);
        }
    }

    @Test
    void shouldFailWhereNoProtocolIsShared() throws IOException {
        TlsPeer.Behaviour tls13 = socket -> {
            socket.setEnabledProtocols(new String[] {"TLSv1.3"});
            ECHO.serve(socket);
        };
        try (TlsPeer peer = new TlsPeer(LEAF.issue(), tls13); Socket plain = peer.connect()) {
            assertThatThrownBy(() -> TlsHandshake.perform(plain, only(TlsProtocol.TLS_1_2)))
                .isInstanceOf(TlsFailure.class).hasMessageContaining("protocol_version");
        }
    }

    @Test
    void shouldFailWhereThePeerSpeaksNoTls() throws IOException {
        try (ServerSocket listener = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
            try (Socket plain = new Socket()) {
                plain.connect(new InetSocketAddress(listener.getInetAddress(), listener.getLocalPort()));
                try (Socket peer = listener.accept()) {
                    peer.getOutputStream().write("250 a second reply\r\n".getBytes(ISO_8859_1));
                    assertThatThrownBy(() -> TlsHandshake.perform(plain, TlsSettings.withoutServerName())).isInstanceOf(TlsFailure.class);
                }
            }
        }
    }

    @Test
    void shouldShowNoCertificateOfOurs() throws IOException {
        TlsPeer.Behaviour asking = socket -> {
            socket.setWantClientAuth(true);
            ECHO.serve(socket);
        };
        try (TlsPeer peer = new TlsPeer(LEAF.issue(), asking); Socket plain = peer.connect()) {
            // A certificate of ours would have to be among what this server insists on.
            assertThat(TlsHandshake.perform(plain, TlsSettings.withoutServerName()).channel().tls()).isPresent();
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"X25519", "SECP256R1", "SECP384R1", "SECP521R1", "FFDHE2048"})
    void shouldNotDependOnTheProvidersOfTheHost(TlsGroup group) throws IOException {
        // An extension shares the virtual machine with whatever has registered itself first.
        Security.insertProviderAt(new BouncyCastleProvider(), 1);
        try {
            TlsOffer offer = new TlsOffer(TlsOffer.Profile.INTEROPERABLE, Set.of(), List.of(), List.of(group));

            assertThat(shown(LEAF.issue(), new TlsSettings(Optional.empty(), offer, false)).strength().group()).contains(group.toString());
            assertThat(shown(LEAF.key(KeyKind.RSA_2048).issue(), only(TlsProtocol.TLS_1_2)).strength().key()).isEqualTo("RSA-2048");
        } finally {
            Security.removeProvider(BouncyCastleProvider.PROVIDER_NAME);
        }
    }

    @Test
    void shouldNameTheProtocolsThatMayBeOffered() {
        assertThat(TlsProtocol.named("tlsv1.3")).isEqualTo(TlsProtocol.TLS_1_3);
        // RFC 8996: TLS 1.0 and 1.1 must not be used.
        for (String name : Arrays.asList("TLSv1", "TLSv1.1", "SSLv3", "")) {
            assertThatThrownBy(() -> TlsProtocol.named(name))
                .isInstanceOf(IllegalArgumentException.class).hasMessageContaining("TLSv1.2, TLSv1.3");
        }
    }
}
