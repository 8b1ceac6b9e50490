/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.tls;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.jamesdane.tls.EvilServer.hex;
import static org.jamesdane.tls.EvilServer.join;
import static org.jamesdane.tls.EvilServer.sized;
import static org.jamesdane.tls.Scripts.HEADER;
import static org.jamesdane.tls.Scripts.before;
import static org.jamesdane.tls.Scripts.body;
import static org.jamesdane.tls.Scripts.chain;
import static org.jamesdane.tls.Scripts.changing;
import static org.jamesdane.tls.Scripts.extended;
import static org.jamesdane.tls.Scripts.message;
import static org.jamesdane.tls.Scripts.patched;
import static org.jamesdane.tls.Scripts.request;
import static org.jamesdane.tls.Scripts.scheme;
import static org.jamesdane.tls.Scripts.signing;
import static org.jamesdane.tls.Scripts.suite;
import static org.jamesdane.tls.Scripts.turned;
import static org.jamesdane.tls.Scripts.warnings;

import java.io.IOException;
import java.net.Socket;
import java.security.GeneralSecurityException;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;

import org.jamesdane.dane.pkix.PeerCertificate;
import org.jamesdane.testing.pki.Authority;
import org.jamesdane.testing.pki.Credential;
import org.jamesdane.testing.pki.TestPki;
import org.jamesdane.tls.Scripts.Case;
import org.jamesdane.tls.Scripts.Cases;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Handshakes that have to fail whoever asks, each over TLS 1.2 and 1.3, and their neighbours that have to succeed. */
@Timeout(60)
class MustRefuseTest {
    private static final Authority AUTHORITY = TestPki.authority("Evil CA");
    private static final Credential SHOWN = AUTHORITY.leaf("mx.example").issue();
    private static final Credential OTHER = AUTHORITY.leaf("mx.example").keyLabel("another key").issue();

    private static byte[] leaf() {
        return PeerCertificate.of(SHOWN.certificate()).octets();
    }

    private static void signatures(Cases cases) {
        cases.refused("signature with a wrong bit", tls13 -> signing(tls13, signature -> turned(signature, signature.length - 1)));
        cases.refused("empty signature", tls13 -> signing(tls13, signature -> new byte[0]));
        cases.refused("signature of zeros", tls13 -> signing(tls13, signature -> hex("3006020100020100")));
        cases.refused("signature by another key", tls13 -> new Script(tls13) {
            @Override
            Credential signer(Credential shown) {
                return OTHER;
            }
        });
        for (int scheme : new int[] {0x0203, 0x0201, 0x0101, 0x0401, 0x0804, 0x0809, 0x0807, 0x0402, 0xffff}) {
            cases.refused("scheme " + Integer.toHexString(scheme), tls13 -> scheme(tls13, scheme));
        }
        int wanted12 = EvilServer.SERVER_KEY_EXCHANGE;
        int wanted13 = EvilServer.CERTIFICATE_VERIFY;
        cases.refused("no signed message", tls13 -> changing(tls13, tls13 ? wanted13 : wanted12, message -> new byte[0]));
        cases.refused("no certificate", tls13 -> changing(tls13, EvilServer.CERTIFICATE, message -> new byte[0]));
        cases.refused("neither certificate nor signed message", tls13 -> changing(tls13, (type, message) ->
            type == EvilServer.CERTIFICATE || type == (tls13 ? wanted13 : wanted12) ? new byte[0] : message));
        cases.refused("Finished with a wrong bit", tls13 -> changing(tls13, EvilServer.FINISHED, message -> turned(message, HEADER)));
        cases.refused("empty Finished", tls13 -> changing(tls13, EvilServer.FINISHED, message ->
            message(EvilServer.FINISHED, new byte[0])));
        cases.refused("Finished cut short", tls13 -> changing(tls13, EvilServer.FINISHED, message ->
            message(EvilServer.FINISHED, Arrays.copyOf(body(message), 8))));
        cases.refused("certificate twice", tls13 -> changing(tls13, EvilServer.CERTIFICATE, message -> join(message, message)));
    }

    private static void hellos(Cases cases) {
        for (int suite : new int[] {0x0000, 0x0001, 0x0002, 0x003b, 0x0034, 0x006c, 0xc018, 0x0003, 0x0008, 0x000a, 0x0005, 0xc006,
            0xc007, 0x0013, 0x00ff, 0x5600, 0xc02d, 0xc031, 0x1306, 0xc0b4}) {
            cases.refused("suite " + Integer.toHexString(suite) + " that was not offered", tls13 -> suite(tls13, suite));
        }
        cases.refused("suite of the other version", tls13 -> suite(tls13, tls13 ? 0xc02b : 0x1301));
        for (int version : new int[] {0x0302, 0x0301, 0x0300, 0x0002, 0x0305}) {
            cases.refused("version " + Integer.toHexString(version), tls13 -> changing(tls13, EvilServer.SERVER_HELLO, message ->
                patched(message, HEADER, version >> 8, version)));
        }
        cases.refused("compression", tls13 -> changing(tls13, EvilServer.SERVER_HELLO, message -> patched(message,
            tls13 ? HEADER + 34 + 33 + 2 : HEADER + 34 + 1 + 2, 1)));
        // Stapling, early data, a session by its ticket or number, names of protocols, heartbeats, a key of ours, certificates.
        for (String extension : List.of("00050000", "002a0000", "00230000", "002900020000", "001000050003026832", "000f000101",
            "0013000102", "00320000", "00280000", "fafa0000")) {
            cases.refused("an extension that was not asked for, " + extension, tls13 -> changing(tls13, EvilServer.SERVER_HELLO,
                message -> extended(message, extension)));
        }
        cases.refused("raw public key that nobody asked for", tls13 -> tls13
            ? changing(true, EvilServer.ENCRYPTED_EXTENSIONS, message -> message(EvilServer.ENCRYPTED_EXTENSIONS,
                sized(2, hex("0014000102"))))
            : changing(false, EvilServer.SERVER_HELLO, message -> extended(message, "0014000102")));
        cases.refused("raw public key in the place of a certificate", tls13 -> changing(tls13, EvilServer.CERTIFICATE, message ->
            chain(tls13, List.of(SHOWN.certificate().getPublicKey().getEncoded()))));
        cases.refused("SMTP before the handshake", tls13 -> before(tls13, "250 2.0.0 Fine\r\n".getBytes(US_ASCII)));
        cases.refused("data before the handshake", tls13 -> before(tls13, Records.record(EvilServer.DATA, new byte[] {1})));
        cases.refused("SSLv2", tls13 -> before(tls13, hex("802e0400010002")));
        cases.refused("ChangeCipherSpec too early", tls13 -> tls13
            ? before(true, hex("140303000102")) : before(false, hex("140303000101")));
        cases.refused("a record of 20,000 octets", tls13 -> before(tls13, join(hex("160303"), sized(2, new byte[20_000]))));
        cases.refused("close_notify", tls13 -> before(tls13, warnings(1, 0)));
        cases.refused("17 warnings", tls13 -> before(tls13, warnings(17, 112)));
        cases.taken("16 warnings", tls13 -> before(tls13, warnings(16, 112)));
        cases.taken("an unrecognized name as a warning", tls13 -> before(tls13, hex("15030300020170")));
    }

    private static void lengths(Cases cases) {
        cases.refused("list of certificates that says it has 16 MB", tls13 -> changing(tls13, EvilServer.CERTIFICATE, message ->
            patched(message, tls13 ? HEADER + 1 : HEADER, 0xff, 0xff, 0xff)));
        cases.refused("certificate that says it has 16 MB", tls13 -> changing(tls13, EvilServer.CERTIFICATE, message ->
            patched(message, tls13 ? HEADER + 4 : HEADER + 3, 0xff, 0xff, 0xff)));
        cases.refused("list of certificates that ends early", tls13 -> changing(tls13, EvilServer.CERTIFICATE, message ->
            join(message(EvilServer.CERTIFICATE, join(body(message), new byte[3])))));
        cases.refused("empty list of certificates", tls13 -> changing(tls13, EvilServer.CERTIFICATE, message -> chain(tls13, List.of())));
        cases.refused("empty certificate", tls13 -> changing(tls13, EvilServer.CERTIFICATE, message ->
            chain(tls13, List.of(new byte[0]))));
        cases.refused("21 certificates", tls13 -> changing(tls13, EvilServer.CERTIFICATE, message ->
            chain(tls13, IntStream.range(0, 21).mapToObj(i -> leaf()).toList())));
        cases.taken("20 certificates, 19 of them garbage", tls13 -> changing(tls13, EvilServer.CERTIFICATE, message ->
            chain(tls13, Stream.concat(Stream.of(leaf()), IntStream.range(0, 19).mapToObj(i -> new byte[] {1, 2, 3})).toList())));
        cases.refused("200 KB of certificates", tls13 -> changing(tls13, EvilServer.CERTIFICATE, message ->
            chain(tls13, List.of(leaf(), new byte[200_000]))));
        cases.taken("120 KB of certificates", tls13 -> changing(tls13, EvilServer.CERTIFICATE, message ->
            chain(tls13, List.of(leaf(), new byte[120_000]))));
        cases.taken("request with 44 KB of names that are none", tls13 -> changing(tls13, EvilServer.CERTIFICATE_REQUEST, message ->
            request(tls13, sized(2, new byte[44_000]))));
        cases.refused("request with names that end early", tls13 -> changing(tls13, EvilServer.CERTIFICATE_REQUEST, message -> {
            byte[] whole = request(tls13, sized(2, new byte[10]));
            return message(EvilServer.CERTIFICATE_REQUEST, Arrays.copyOf(body(whole), whole.length - HEADER - 5));
        }));
    }

    static Stream<Case> cases() {
        Cases cases = new Cases(SHOWN);
        cases.taken("nothing odd", Script::new);
        signatures(cases);
        hellos(cases);
        lengths(cases);
        // RFC 8446 §4.1.3: both marks, of a server that has a better version than it seems to have.
        for (String mark : List.of("444f574e47524401", "444f574e47524400")) {
            cases.add("downgrade mark " + mark, false, SHOWN, new Script(false) {
                @Override
                byte[] random(byte[] random) {
                    return join(Arrays.copyOf(random, 24), hex(mark));
                }
            });
        }
        return cases.all();
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("cases")
    void shouldMakeOnlyHandshakesThatProveTheKey(Case evil) throws IOException {
        Scripts.judge(evil);
    }

    private static Script later(boolean tls13, int type, byte[] octets) {
        return new Script(tls13) {
            @Override
            void afterHandshake(EvilServer.Session session) throws IOException, GeneralSecurityException {
                session.record();
                session.write(EvilServer.DATA, "250-mx".getBytes(US_ASCII));
                session.write(type, octets);
                session.write(EvilServer.DATA, "\r\n".getBytes(US_ASCII));
                session.record();
            }
        };
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void shouldNotTakeMoreHandshakeInTheMiddleOfAReply(boolean tls13) throws IOException {
        List<byte[]> messages = tls13
            ? List.of(message(EvilServer.CERTIFICATE, new byte[4]), request(true, new byte[0]), message(EvilServer.FINISHED, new byte[32]),
                message(EvilServer.SERVER_HELLO, new byte[40]))
            : List.of(message(EvilServer.CERTIFICATE, new byte[3]), message(EvilServer.SERVER_HELLO, new byte[40]));
        for (byte[] message : messages) {
            assertThatThrownBy(() -> replyWith(later(tls13, EvilServer.HANDSHAKE, message))).isInstanceOf(TlsFailure.class);
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void shouldNotTakeWarningsWithoutEndInTheMiddleOfAReply(boolean tls13) {
        Script script = new Script(tls13) {
            @Override
            void afterHandshake(EvilServer.Session session) throws IOException, GeneralSecurityException {
                session.record();
                for (int i = 0; i < 1000; i++) {
                    session.write(EvilServer.ALERT, new byte[] {1, 112});
                }
                session.write(EvilServer.DATA, "250 ok\r\n".getBytes(US_ASCII));
            }
        };

        assertThatThrownBy(() -> replyWith(script)).isInstanceOf(IOException.class);
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void shouldShowTheEndOfAStreamThatIsCut(boolean tls13) throws IOException {
        Script script = new Script(tls13) {
            @Override
            void afterHandshake(EvilServer.Session session) throws IOException, GeneralSecurityException {
                session.record();
                session.write(EvilServer.DATA, "250-mx".getBytes(US_ASCII));
            }
        };

        // The reader of replies takes that for a broken connection: a line has an end.
        assertThat(replyWith(script)).isEqualTo("250-mx");
    }

    private static String replyWith(Script script) throws IOException {
        try (EvilServer server = new EvilServer(SHOWN, script); Socket plain = server.connect()) {
            TlsHandshake.Secured secured = TlsHandshake.perform(plain, TlsSettings.withoutServerName());
            secured.out().write('x');
            StringBuilder reply = new StringBuilder();
            for (int octet = secured.in().read(); octet >= 0 && octet != '\n'; octet = secured.in().read()) {
                reply.append((char) octet);
            }
            return reply.toString();
        }
    }
}
