/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.tls;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.jamesdane.tls.EvilServer.hex;
import static org.jamesdane.tls.EvilServer.join;
import static org.jamesdane.tls.EvilServer.sized;

import java.io.IOException;
import java.net.Socket;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.BiFunction;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;

import org.bouncycastle.tls.TlsFatalAlertReceived;
import org.jamesdane.dane.pkix.PeerCertificate;
import org.jamesdane.testing.pki.Credential;

/** The scripts of odd servers, and what the client has to make of them. */
final class Scripts {
    /** Octets of type and length before the body of a handshake message. */
    static final int HEADER = 4;

    private Scripts() {
    }

    /** Error or oddity of a server. */
    record Case(String name, Credential shown, Script script, boolean passes) {
        @Override
        public String toString() {
            return name + (script.isTls13() ? " (TLS 1.3)" : " (TLS 1.2)");
        }
    }

    /** Makes a script for one version. */
    interface Making {
        Script of(boolean tls13);
    }

    static final class Cases {
        private final Credential shown;
        private final List<Case> all = new ArrayList<>();

        Cases(Credential shown) {
            this.shown = shown;
        }

        Stream<Case> all() {
            return all.stream();
        }

        /** Adds a case over a single version. */
        void add(String name, boolean passes, Credential credential, Script script) {
            all.add(new Case(name, credential, script, passes));
        }

        private void add(String name, boolean passes, Making making) {
            for (boolean tls13 : new boolean[] {false, true}) {
                add(name, passes, shown, making.of(tls13));
            }
        }

        void refused(String name, Making making) {
            add(name, false, making);
        }

        void taken(String name, Making making) {
            add(name, true, making);
        }
    }

    static Script changing(boolean tls13, BiFunction<Integer, byte[], byte[]> change) {
        return new Script(tls13) {
            @Override
            byte[] message(int type, byte[] message) {
                return change.apply(type, message);
            }
        };
    }

    static Script changing(boolean tls13, int wanted, UnaryOperator<byte[]> change) {
        return changing(tls13, (type, message) -> type == wanted ? change.apply(message) : message);
    }

    static Script signing(boolean tls13, UnaryOperator<byte[]> change) {
        return new Script(tls13) {
            @Override
            byte[] signature(byte[] signature) {
                return change.apply(signature);
            }
        };
    }

    static Script before(boolean tls13, byte[] octets) {
        return new Script(tls13) {
            @Override
            byte[] beforeHello(byte[] sessionId) {
                return octets;
            }
        };
    }

    static Script suite(boolean tls13, int suite) {
        return new Script(tls13) {
            @Override
            int suite() {
                return suite;
            }
        };
    }

    static Script scheme(boolean tls13, int scheme) {
        return new Script(tls13) {
            @Override
            int scheme() {
                return scheme;
            }
        };
    }

    static byte[] turned(byte[] octets, int at) {
        byte[] turned = octets.clone();
        turned[at] ^= 1;
        return turned;
    }

    /** A message with other content. */
    static byte[] message(int type, byte[] body) {
        return join(new byte[] {(byte) type}, sized(3, body));
    }

    static byte[] body(byte[] message) {
        return Arrays.copyOfRange(message, HEADER, message.length);
    }

    static byte[] patched(byte[] message, int at, int... octets) {
        byte[] patched = message.clone();
        for (int i = 0; i < octets.length; i++) {
            patched[at + i] = (byte) octets[i];
        }
        return patched;
    }

    static byte[] chain(boolean tls13, List<byte[]> entries) {
        byte[] list = new byte[0];
        for (byte[] each : entries) {
            list = join(list, sized(3, each), tls13 ? new byte[2] : new byte[0]);
        }
        return message(EvilServer.CERTIFICATE, join(tls13 ? new byte[1] : new byte[0], sized(3, list)));
    }

    static byte[] request(boolean tls13, byte[] names) {
        byte[] schemes = sized(2, sized(2, hex("0403")));
        return message(EvilServer.CERTIFICATE_REQUEST, tls13
            ? join(new byte[1], sized(2, join(hex("000d"), schemes, hex("002f"), sized(2, sized(2, names)))))
            : join(hex("0140"), sized(2, hex("0403")), sized(2, names)));
    }

    static byte[] warnings(int count, int alert) {
        byte[] all = new byte[0];
        for (int i = 0; i < count; i++) {
            all = join(all, new byte[] {EvilServer.ALERT, 3, 3, 0, 2, 1, (byte) alert});
        }
        return all;
    }

    /** A ServerHello with one more extension. */
    static byte[] extended(byte[] hello, String extension) {
        byte[] body = body(hello);
        int length = 2 + 32 + 1 + (body[34] & 0xff) + 2 + 1;
        byte[] extensions = Arrays.copyOfRange(body, length + 2, body.length);
        return message(EvilServer.SERVER_HELLO, join(Arrays.copyOf(body, length), sized(2, join(extensions, hex(extension)))));
    }

    /** Does the handshake, and looks at what came of it. */
    static void judge(Case evil) throws IOException {
        judge(evil, TlsSettings.withoutServerName());
    }

    static void judge(Case evil, TlsSettings settings) throws IOException {
        try (EvilServer server = new EvilServer(evil.shown(), evil.script()); Socket plain = server.connect()) {
            if (evil.passes()) {
                TlsHandshake.Secured secured = TlsHandshake.perform(plain, settings);
                secured.out().write('x');
                assertThat(secured.in().read()).isEqualTo('x');
                assertThat(secured.channel().tls().orElseThrow().peerChain().get(0))
                    .isEqualTo(PeerCertificate.of(evil.shown().certificate()));
            } else {
                // Ours must be the one who ends it: a server that breaks off by itself proves nothing.
                assertThatThrownBy(() -> TlsHandshake.perform(plain, settings)).isInstanceOfSatisfying(TlsFailure.class,
                    failure -> assertThat(failure.getCause()).isNotInstanceOf(TlsFatalAlertReceived.class));
            }
        }
    }
}
