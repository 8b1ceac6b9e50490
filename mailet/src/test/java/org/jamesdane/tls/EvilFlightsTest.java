/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.tls;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.jamesdane.tls.EvilServer.hex;
import static org.jamesdane.tls.EvilServer.join;
import static org.jamesdane.tls.EvilServer.sized;
import static org.jamesdane.tls.Scripts.HEADER;
import static org.jamesdane.tls.Scripts.chain;
import static org.jamesdane.tls.Scripts.changing;
import static org.jamesdane.tls.Scripts.extended;
import static org.jamesdane.tls.Scripts.message;
import static org.jamesdane.tls.Scripts.patched;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.security.GeneralSecurityException;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

import org.jamesdane.dane.pkix.PeerCertificate;
import org.jamesdane.testing.pki.Credential;
import org.jamesdane.testing.pki.TestPki;
import org.jamesdane.tls.Scripts.Case;
import org.jamesdane.tls.Scripts.Cases;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Messages at the wrong time, sessions that were never offered, older versions in disguise, and raw public keys. */
@Timeout(60)
class EvilFlightsTest {
    private static final Credential SHOWN = TestPki.authority("Evil CA").leaf("mx.example").issue();
    private static final byte[] KEY = SHOWN.certificate().getPublicKey().getEncoded();
    /** RFC 8446 §4.1.3: the random octets of a HelloRetryRequest. */
    private static final String RETRY = "cf21ad74e59a6111be1d8c021e65b891c2a211167abb8c5e079e09e2c8a8339c";
    private static final String MARK = "444f574e47524401";

    private static Script behind(boolean tls13, int wanted, String octets) {
        return new Script(tls13) {
            @Override
            byte[] behind(int type) {
                return type == wanted ? hex(octets) : new byte[0];
            }
        };
    }

    private static Script change(String octets) {
        return new Script(false) {
            @Override
            byte[] changeCipherSpec() {
                return hex(octets);
            }
        };
    }

    /** Sends HelloRetryRequests in place of the hello, or in front of it. */
    private static Script retry(String group, int times) {
        return new Script(true) {
            @Override
            byte[] beforeHello(byte[] sessionId) {
                byte[] body = join(hex("0303" + RETRY), sized(1, sessionId), hex("130100"),
                    sized(2, hex("002b00020304" + "00330002" + group)));
                byte[] one = Records.record(EvilServer.HANDSHAKE, message(EvilServer.SERVER_HELLO, body));
                return times == 1 ? one : join(one, one);
            }
        };
    }

    private static Script marked(String extension) {
        return new Script(false) {
            @Override
            byte[] random(byte[] random) {
                return join(Arrays.copyOf(random, 24), hex(MARK));
            }

            @Override
            byte[] message(int type, byte[] message) {
                return type == EvilServer.SERVER_HELLO ? extended(message, extension) : message;
            }
        };
    }

    private static void order(Cases cases) {
        // RFC 5246 §7.1: a change before there are keys (as in CVE-2014-0224), none, twice, one of another kind.
        cases.add("ChangeCipherSpec behind the hello", false, SHOWN, behind(false, EvilServer.SERVER_HELLO, "140303000101"));
        cases.add("ChangeCipherSpec behind the certificate", false, SHOWN, behind(false, EvilServer.CERTIFICATE, "140303000101"));
        cases.add("no ChangeCipherSpec", false, SHOWN, change(""));
        cases.add("ChangeCipherSpec twice", false, SHOWN, change("140303000101140303000101"));
        cases.add("ChangeCipherSpec of another kind", false, SHOWN, change("140303000102"));
        // RFC 8446 §D.4: a change in front of the encrypted messages is for old boxes on the way.
        cases.add("ChangeCipherSpec behind the hello", true, SHOWN, behind(true, EvilServer.SERVER_HELLO, "140303000101"));
        cases.add("ChangeCipherSpec of another kind", false, SHOWN, behind(true, EvilServer.SERVER_HELLO, "140303000102"));
        cases.refused("data behind the hello", tls13 -> behind(tls13, EvilServer.SERVER_HELLO, "170303000178"));
        cases.refused("data behind the certificate", tls13 -> behind(tls13, EvilServer.CERTIFICATE, "170303000178"));
        cases.refused("SMTP behind the hello", tls13 -> behind(tls13, EvilServer.SERVER_HELLO, "3235302046696e650d0a"));
        cases.refused("a message in clear behind the hello", tls13 -> behind(tls13, EvilServer.SERVER_HELLO,
            tls13 ? "160303000608000002" + "0000" : "160303000414000000"));
        cases.refused("two hellos", tls13 -> changing(tls13, EvilServer.SERVER_HELLO, message -> join(message, message)));
        // RFC 8446 §5.1: no message beside the hello in its record, which is in clear.
        cases.add("encrypted extensions beside the hello", false, SHOWN, changing(true, (type, message) -> switch (type) {
            case EvilServer.SERVER_HELLO -> join(message, message(EvilServer.ENCRYPTED_EXTENSIONS, new byte[2]));
            case EvilServer.ENCRYPTED_EXTENSIONS -> new byte[0];
            default -> message;
        }));
        cases.refused("more beside Finished", tls13 -> changing(tls13, EvilServer.FINISHED, message ->
            join(message, message(EvilServer.FINISHED, new byte[12]))));
        cases.refused("a ticket in place of Finished", tls13 -> changing(tls13, EvilServer.FINISHED, message ->
            message(4, hex(tls13 ? "00000e10" + "00000000" + "0101" + "000102" + "0000" : "00000e10" + "000102"))));
        cases.refused("CertificateStatus nobody asked for", tls13 -> changing(tls13, EvilServer.CERTIFICATE, message ->
            join(message, message(22, hex("01ffffff")))));
        cases.refused("supplemental data", tls13 -> changing(tls13, EvilServer.CERTIFICATE, message ->
            join(message(23, hex("000000")), message)));
        cases.refused("messages without octets and end", tls13 -> behind(tls13, EvilServer.SERVER_HELLO, "1603030000".repeat(3)));
    }

    private static void sessions(Cases cases) {
        // RFC 5246 §7.3: the number of the client's hello again, and right behind it a change and Finished.
        cases.add("a session that never was", false, SHOWN, new Script(false) {
            @Override
            boolean abbreviated() {
                return true;
            }

            @Override
            byte[] message(int type, byte[] message) {
                return type == EvilServer.SERVER_HELLO || type == EvilServer.FINISHED ? message : new byte[0];
            }
        });
        // RFC 8446 §4.2.11: a key that was never shared, in place of certificate and signature.
        cases.add("a shared key that never was", false, SHOWN, changing(true, (type, message) -> switch (type) {
            case EvilServer.SERVER_HELLO -> extended(message, "002900020000");
            case EvilServer.CERTIFICATE, EvilServer.CERTIFICATE_VERIFY -> new byte[0];
            default -> message;
        }));
        cases.add("another session's number", false, SHOWN, changing(true, EvilServer.SERVER_HELLO, message ->
            patched(message, HEADER + 35, 0, 0, 0, 0, 0)));
        cases.add("retry for the group that was sent", false, SHOWN, retry("001d", 1));
        cases.add("retry for a group that was not offered", false, SHOWN, retry("0016", 1));
        cases.add("retry twice", false, SHOWN, retry("0018", 2));
    }

    private static void versions(Cases cases) {
        // RFC 8446 §4.2.1: the extension names nothing older than TLS 1.3, and cannot hide the mark of a server that can do better.
        for (String version : List.of("0303", "0302", "0300", "0305", "7f1c")) {
            cases.add("version " + version + " in the extension, with the mark", false, SHOWN, marked("002b0002" + version));
            cases.add("version " + version + " in the extension", false, SHOWN, changing(true, EvilServer.SERVER_HELLO, message ->
                patched(message, HEADER + 34 + 33 + 3 + 2 + 4, Integer.parseInt(version.substring(0, 2), 16),
                    Integer.parseInt(version.substring(2), 16))));
        }
        cases.add("version 0304 in the extension over TLS 1.2", false, SHOWN, marked("002b00020304"));
    }

    static Stream<Case> cases() {
        Cases cases = new Cases(SHOWN);
        order(cases);
        sessions(cases);
        versions(cases);
        return cases.all();
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("cases")
    void shouldTakeNothingOutOfItsTurn(Case evil) throws IOException {
        Scripts.judge(evil);
    }

    @ParameterizedTest
    @CsvSource({"0302, TLS 1.1", "0301, TLS 1.0", "0300, SSL 3.0"})
    void shouldNameTheVersionThatIsAllAHostHas(String version, String name) throws IOException {
        Script older = changing(false, EvilServer.SERVER_HELLO, message -> patched(message, HEADER, 3, version.charAt(3) - '0'));

        assertThat(failureOf(older, TlsSettings.withoutServerName())).hasMessageStartingWith("it offers only " + name);
    }

    @Test
    void shouldNameAVersionThatWasNotOffered() throws IOException {
        TlsSettings newest = new TlsSettings(Optional.empty(), TlsOffer.of(Set.of(TlsProtocol.TLS_1_3)), false);

        assertThat(failureOf(new Script(false), newest)).hasMessageStartingWith("it offers only TLS 1.2");
    }

    private static Throwable failureOf(Script script, TlsSettings settings) throws IOException {
        try (EvilServer server = new EvilServer(SHOWN, script); Socket plain = server.connect()) {
            return catchThrowable(() -> TlsHandshake.perform(plain, settings));
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void shouldReserveNothingForALengthThatLies(boolean tls13) throws IOException {
        com.sun.management.ThreadMXBean threads = (com.sun.management.ThreadMXBean) ManagementFactory.getThreadMXBean();
        for (int at : new int[] {tls13 ? HEADER + 1 : HEADER, tls13 ? HEADER + 4 : HEADER + 3}) {
            Script lying = changing(tls13, EvilServer.CERTIFICATE, message -> patched(message, at, 0xff, 0xff, 0xff));
            failureOf(lying, TlsSettings.withoutServerName());
            long before = threads.getCurrentThreadAllocatedBytes();

            assertThat(failureOf(lying, TlsSettings.withoutServerName())).hasMessageContaining("a message is shorter than it says");
            assertThat(threads.getCurrentThreadAllocatedBytes() - before).isLessThan(8_000_000);
        }
    }

    /** RFC 7250 §3: a server that shows its bare key, or says that it does. */
    private static Script raw(boolean tls13, byte[] certificate) {
        return changing(tls13, (type, message) -> switch (type) {
            case EvilServer.SERVER_HELLO -> tls13 ? message : extended(message, "0014000102");
            case EvilServer.ENCRYPTED_EXTENSIONS -> message(type, sized(2, hex("0014000102")));
            case EvilServer.CERTIFICATE -> certificate;
            default -> message;
        });
    }

    private static byte[] bare(boolean tls13, byte[] key) {
        return tls13 ? chain(true, List.of(key)) : message(EvilServer.CERTIFICATE, sized(3, key));
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void shouldTakeARawKeyOnlyWhereItIsOffered(boolean tls13) throws IOException {
        TlsSettings offering = new TlsSettings(Optional.empty(), TlsOffer.DEFAULT, true);
        Script script = raw(tls13, bare(tls13, KEY));
        try (EvilServer server = new EvilServer(SHOWN, script); Socket plain = server.connect()) {
            TlsHandshake.Secured secured = TlsHandshake.perform(plain, offering);

            assertThat(secured.channel().tls().orElseThrow().peerChain()).containsExactly(PeerCertificate.rawPublicKey(KEY));
        }
        Scripts.judge(new Case("not offered", SHOWN, script, false));
        Scripts.judge(new Case("a certificate where both are offered", SHOWN, new Script(tls13), true), offering);
        byte[] leaf = PeerCertificate.of(SHOWN.certificate()).octets();
        Map<String, byte[]> wrong = Map.of("a certificate", bare(tls13, leaf), "two keys", chain(tls13, List.of(KEY, KEY)),
            "nothing", bare(tls13, new byte[0]), "a key and an octet", bare(tls13, join(KEY, new byte[1])),
            "a key shorter than it says", message(EvilServer.CERTIFICATE, hex(tls13 ? "00ffffff" : "ffffff")));
        for (Map.Entry<String, byte[]> each : wrong.entrySet()) {
            assertThatCode(() -> Scripts.judge(new Case(each.getKey(), SHOWN, raw(tls13, each.getValue()), false), offering))
                .as(each.getKey()).doesNotThrowAnyException();
        }
    }

    private static String replyOf(Script script, int patience) throws IOException {
        try (EvilServer server = new EvilServer(SHOWN, script); Socket plain = server.connect()) {
            TlsHandshake.Secured secured = TlsHandshake.perform(plain, TlsSettings.withoutServerName());
            secured.out().write('x');
            plain.setSoTimeout(patience);
            StringBuilder reply = new StringBuilder();
            int timeouts = 0;
            while (reply.indexOf("\n") < 0) {
                try {
                    reply.append((char) secured.in().read());
                } catch (SocketTimeoutException e) {
                    // The record is not here yet.
                    timeouts++;
                }
            }
            return timeouts > 0 ? reply + "in parts" : reply.toString();
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void shouldReadARecordThatComesInParts(boolean tls13) throws IOException {
        Script slow = new Script(tls13) {
            @Override
            void afterHandshake(EvilServer.Session session) throws IOException, GeneralSecurityException {
                session.record();
                byte[] record = session.sealed(EvilServer.DATA, "250 ok\n".getBytes(US_ASCII));
                for (int from = 0; from < record.length; from += 7) {
                    session.raw(Arrays.copyOfRange(record, from, Math.min(record.length, from + 7)));
                    pause();
                }
            }
        };

        // Whoever looks for a reply too many looks for a millisecond, wherever the record stands.
        assertThat(replyOf(slow, 1)).isEqualTo("250 ok\nin parts");
    }

    private static void pause() {
        try {
            Thread.sleep(30);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void shouldReadOnWhereNothingIsAskedOfIt(boolean tls13) throws IOException {
        Script asking = new Script(tls13) {
            @Override
            void afterHandshake(EvilServer.Session session) throws IOException, GeneralSecurityException {
                session.record();
                session.write(EvilServer.DATA, "250 ".getBytes(US_ASCII));
                // A wish to begin anew (RFC 5246 §7.4.1.1), or a ticket (RFC 8446 §4.6.1): neither changes anything.
                session.write(EvilServer.HANDSHAKE, tls13 ? message(4, hex("00000e10" + "00000000" + "0101" + "000102" + "0000"))
                    : hex("00000000"));
                session.write(EvilServer.DATA, new byte[0]);
                session.write(EvilServer.DATA, "ok\n".getBytes(US_ASCII));
            }
        };

        assertThat(replyOf(asking, 20_000)).isEqualTo("250 ok\n");
    }
}
