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

import java.io.IOException;
import java.net.Socket;
import java.security.GeneralSecurityException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.BiFunction;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;
import java.util.stream.Stream;

import org.jamesdane.dane.pkix.PeerCertificate;
import org.jamesdane.testing.pki.Authority;
import org.jamesdane.testing.pki.Credential;
import org.jamesdane.testing.pki.TestPki;
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
    private static final int HEADER = 4;

    /** One thing that a server does wrong, or oddly. */
    private record Case(String name, boolean tls13, EvilServer.Script script, boolean passes) {
        @Override
        public String toString() {
            return name + (tls13 ? " (TLS 1.3)" : " (TLS 1.2)");
        }
    }

    /** Makes a script for one version. */
    private interface Making {
        EvilServer.Script of(boolean tls13);
    }

    private static final class Cases {
        private final List<Case> all = new ArrayList<>();

        private void add(String name, boolean passes, Making making) {
            for (boolean tls13 : new boolean[] {false, true}) {
                all.add(new Case(name, tls13, making.of(tls13), passes));
            }
        }

        void refused(String name, Making making) {
            add(name, false, making);
        }

        void taken(String name, Making making) {
            add(name, true, making);
        }
    }

    private static EvilServer.Script changing(boolean tls13, BiFunction<Integer, byte[], byte[]> change) {
        return new EvilServer.Script(tls13) {
            @Override
            byte[] message(int type, byte[] message) {
                return change.apply(type, message);
            }
        };
    }

    private static EvilServer.Script changing(boolean tls13, int wanted, UnaryOperator<byte[]> change) {
        return changing(tls13, (type, message) -> type == wanted ? change.apply(message) : message);
    }

    private static EvilServer.Script signing(boolean tls13, UnaryOperator<byte[]> change) {
        return new EvilServer.Script(tls13) {
            @Override
            byte[] signature(byte[] signature) {
                return change.apply(signature);
            }
        };
    }

    private static EvilServer.Script before(boolean tls13, byte[] octets) {
        return new EvilServer.Script(tls13) {
            @Override
            byte[] beforeHello() {
                return octets;
            }
        };
    }

    private static EvilServer.Script suite(boolean tls13, int suite) {
        return new EvilServer.Script(tls13) {
            @Override
            int suite() {
                return suite;
            }
        };
    }

    private static EvilServer.Script scheme(boolean tls13, int scheme) {
        return new EvilServer.Script(tls13) {
            @Override
            int scheme() {
                return scheme;
            }
        };
    }

    private static byte[] turned(byte[] octets, int at) {
        byte[] turned = octets.clone();
        turned[at] ^= 1;
        return turned;
    }

    /** A message with other content. */
    private static byte[] message(int type, byte[] body) {
        return join(new byte[] {(byte) type}, sized(3, body));
    }

    private static byte[] body(byte[] message) {
        return Arrays.copyOfRange(message, HEADER, message.length);
    }

    private static byte[] patched(byte[] message, int at, int... octets) {
        byte[] patched = message.clone();
        for (int i = 0; i < octets.length; i++) {
            patched[at + i] = (byte) octets[i];
        }
        return patched;
    }

    private static byte[] chain(boolean tls13, List<byte[]> entries) {
        byte[] list = new byte[0];
        for (byte[] each : entries) {
            list = join(list, sized(3, each), tls13 ? new byte[2] : new byte[0]);
        }
        return message(EvilServer.CERTIFICATE, join(tls13 ? new byte[1] : new byte[0], sized(3, list)));
    }

    private static byte[] leaf() {
        return PeerCertificate.of(SHOWN.certificate()).octets();
    }

    private static byte[] request(boolean tls13, byte[] names) {
        byte[] schemes = sized(2, sized(2, hex("0403")));
        return message(EvilServer.CERTIFICATE_REQUEST, tls13
            ? join(new byte[1], sized(2, join(hex("000d"), schemes, hex("002f"), sized(2, sized(2, names)))))
            : join(hex("0140"), sized(2, hex("0403")), sized(2, names)));
    }

    private static byte[] warnings(int count, int alert) {
        byte[] all = new byte[0];
        for (int i = 0; i < count; i++) {
            all = join(all, new byte[] {EvilServer.ALERT, 3, 3, 0, 2, 1, (byte) alert});
        }
        return all;
    }

    private static void signatures(Cases cases) {
        cases.refused("signature with a wrong bit", tls13 -> signing(tls13, signature -> turned(signature, signature.length - 1)));
        cases.refused("empty signature", tls13 -> signing(tls13, signature -> new byte[0]));
        cases.refused("signature of zeros", tls13 -> signing(tls13, signature -> hex("3006020100020100")));
        cases.refused("signature by another key", tls13 -> new EvilServer.Script(tls13) {
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
        cases.refused("an extension that was not asked for", tls13 -> changing(tls13, EvilServer.SERVER_HELLO, message -> {
            byte[] body = body(message);
            int length = tls13 ? 34 + 33 + 3 : 34 + 1 + 3;
            byte[] extensions = Arrays.copyOfRange(body, length + 2, body.length);
            return message(EvilServer.SERVER_HELLO, join(Arrays.copyOf(body, length), sized(2, join(extensions, hex("0005" + "0000")))));
        }));
        cases.refused("raw public key that nobody asked for", tls13 -> tls13
            ? changing(true, EvilServer.ENCRYPTED_EXTENSIONS, message -> message(EvilServer.ENCRYPTED_EXTENSIONS,
                sized(2, hex("0014000102"))))
            : changing(false, EvilServer.SERVER_HELLO, message -> {
                byte[] body = body(message);
                return message(EvilServer.SERVER_HELLO, join(Arrays.copyOf(body, 38), sized(2, hex("ff010001000014000102"))));
            }));
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
        Cases cases = new Cases();
        cases.taken("nothing odd", EvilServer.Script::new);
        signatures(cases);
        hellos(cases);
        lengths(cases);
        // RFC 8446 §4.1.3: both marks, of a server that has a better version than it seems to have.
        for (String mark : List.of("444f574e47524401", "444f574e47524400")) {
            cases.all.add(new Case("downgrade mark " + mark, false, new EvilServer.Script(false) {
                @Override
                byte[] random(byte[] random) {
                    return join(Arrays.copyOf(random, 24), hex(mark));
                }
            }, false));
        }
        return cases.all.stream();
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("cases")
    void shouldMakeOnlyHandshakesThatProveTheKey(Case evil) throws IOException {
        try (EvilServer server = new EvilServer(SHOWN, evil.script()); Socket plain = server.connect()) {
            if (evil.passes()) {
                TlsHandshake.Secured secured = TlsHandshake.perform(plain, TlsSettings.withoutServerName());
                secured.out().write('x');
                assertThat(secured.in().read()).isEqualTo('x');
                assertThat(secured.channel().tls().orElseThrow().peerChain().get(0)).isEqualTo(PeerCertificate.of(SHOWN.certificate()));
            } else {
                assertThatThrownBy(() -> TlsHandshake.perform(plain, TlsSettings.withoutServerName())).isInstanceOf(IOException.class);
            }
        }
    }

    private static EvilServer.Script later(boolean tls13, int type, byte[] octets) {
        return new EvilServer.Script(tls13) {
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
        EvilServer.Script script = new EvilServer.Script(tls13) {
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
        EvilServer.Script script = new EvilServer.Script(tls13) {
            @Override
            void afterHandshake(EvilServer.Session session) throws IOException, GeneralSecurityException {
                session.record();
                session.write(EvilServer.DATA, "250-mx".getBytes(US_ASCII));
            }
        };

        // The reader of replies takes that for a broken connection: a line has an end.
        assertThat(replyWith(script)).isEqualTo("250-mx");
    }

    private static String replyWith(EvilServer.Script script) throws IOException {
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
