/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.tls;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.Arrays;
import java.util.Set;

import org.bouncycastle.tls.AlertDescription;
import org.bouncycastle.tls.CertificateType;
import org.bouncycastle.tls.HandshakeMessageInput;
import org.bouncycastle.tls.HandshakeType;
import org.bouncycastle.tls.ProtocolVersion;
import org.bouncycastle.tls.ServerHello;
import org.bouncycastle.tls.TlsClientProtocol;
import org.bouncycastle.tls.TlsExtensionsUtils;
import org.bouncycastle.tls.TlsFatalAlert;

/** The library's client protocol, with our own bounds on the lengths and counts that a message claims; names of authorities are skipped. */
final class BoundedProtocol extends TlsClientProtocol {
    /** Octets of type and length before the body of a handshake message (RFC 8446 §4). */
    private static final int MESSAGE_HEADER = 4;
    /** RFC 8446 §4.2.4: the names of authorities. */
    private static final int CERTIFICATE_AUTHORITIES = 47;

    /** Warning alerts in one connection; a server to which the name sent is unknown sends one. */
    static final int MAX_WARNINGS = 16;

    /** RFC 8446 §4.1.3: the end of the random octets of a server that speaks an older version than it could, {@code DOWNGRD}. */
    private static final byte[] DOWNGRADE = {0x44, 0x4f, 0x57, 0x4e, 0x47, 0x52, 0x44};
    private static final int RANDOM = 32;

    /** RFC 8446 §4.2: the extensions that a ServerHello of TLS 1.3 may have, or a request for another hello. */
    private static final Set<Integer> IN_HELLO = Set.of(TlsExtensionsUtils.EXT_supported_versions,
        TlsExtensionsUtils.EXT_key_share, TlsExtensionsUtils.EXT_cookie);

    private final Set<TlsProtocol> offered;
    private int warnings;

    BoundedProtocol(InputStream in, OutputStream out, Set<TlsProtocol> offered) {
        super(in, out);
        this.offered = offered;
    }

    /** RFC 8446 §4.1.3: a client of TLS 1.3 must not take either mark from a server that chose an older version. */
    @Override
    protected ServerHello receiveServerHelloMessage(ByteArrayInputStream message) throws IOException {
        ServerHello hello = super.receiveServerHelloMessage(message);
        boolean offersTls13 = offered.contains(TlsProtocol.TLS_1_3);
        int mark = RANDOM - DOWNGRADE.length - 1;
        boolean older = hello.getExtensions() == null || !hello.getExtensions().containsKey(TlsExtensionsUtils.EXT_supported_versions);
        if (offersTls13 && older && Arrays.equals(hello.getRandom(), mark, RANDOM - 1, DOWNGRADE, 0, DOWNGRADE.length)
                && (hello.getRandom()[RANDOM - 1] == 0 || hello.getRandom()[RANDOM - 1] == 1)) {
            throw new TlsFatalAlert(AlertDescription.illegal_parameter, "the host can do better than it seems to: somebody between it and "
                + "us may have changed what was offered");
        }
        if (!older && !IN_HELLO.containsAll(hello.getExtensions().keySet())) {
            throw new TlsFatalAlert(AlertDescription.unsupported_extension, "the host answers with an extension that was not asked for");
        }
        if (isForbidden(hello) || (older && !offered.contains(TlsProtocol.TLS_1_2))) {
            throw new TlsFatalAlert(AlertDescription.protocol_version, "it offers only " + hello.getVersion());
        }
        return hello;
    }

    /** RFC 8996 §4, §5, RFC 7568 §3: versions of which there is no offer. */
    private static boolean isForbidden(ServerHello hello) {
        return Set.of(ProtocolVersion.SSLv3, ProtocolVersion.TLSv10, ProtocolVersion.TLSv11).contains(hello.getVersion());
    }

    @Override
    protected void handleHandshakeMessage(short type, HandshakeMessageInput message) throws IOException {
        if (type == HandshakeType.certificate) {
            requireTrueLengths(message.readAllBytes());
            message.reset();
            if (message.skip(MESSAGE_HEADER) != MESSAGE_HEADER) {
                throw new TlsFatalAlert(AlertDescription.internal_error);
            }
        } else if (type == HandshakeType.supplemental_data) {
            // RFC 4680 §2: only for a client that offered it.
            throw new TlsFatalAlert(AlertDescription.unexpected_message);
        }
        super.handleHandshakeMessage(type, message);
    }

    @Override
    protected void handleAlertWarningMessage(short alert) throws IOException {
        warnings++;
        if (warnings > MAX_WARNINGS) {
            throw new TlsFatalAlert(AlertDescription.unexpected_message, "the host sent more than " + MAX_WARNINGS + " warnings");
        }
        super.handleAlertWarningMessage(alert);
    }

    private boolean isTls13() {
        return ProtocolVersion.TLSv13.equals(getContext().getServerVersion());
    }

    /** The length of the list and that of each entry must be those of octets that are there, before anything is reserved for them. */
    private void requireTrueLengths(byte[] body) throws TlsFatalAlert {
        boolean tls13 = isTls13();
        Octets octets = new Octets(body);
        if (tls13) {
            octets.skip(octets.number(1));
        }
        int list = octets.number(3);
        if (list != octets.left()) {
            throw lie();
        }
        boolean bareKey = getContext().getSecurityParameters().getServerCertificateType() == CertificateType.RawPublicKey;
        if (bareKey && !tls13) {
            // RFC 7250 §3: the list is the key itself.
            return;
        }
        int entries = 0;
        while (octets.left() > 0) {
            octets.skip(octets.number(3));
            if (tls13) {
                octets.skip(octets.number(2));
            }
            entries++;
        }
        if (bareKey && entries > 1) {
            // RFC 8446 §4.4.2: a raw public key stands alone.
            throw new TlsFatalAlert(AlertDescription.illegal_parameter, "the host shows more than one raw public key");
        }
    }

    private static TlsFatalAlert lie() {
        return new TlsFatalAlert(AlertDescription.decode_error, "a message is shorter than it says");
    }

    /** We have no certificate to choose by them, so the names are left unread, whatever they are. */
    @Override
    protected void receiveCertificateRequest(ByteArrayInputStream message) throws IOException {
        byte[] body = message.readAllBytes();
        Octets octets = new Octets(body);
        // RFC 5246 §7.4.4: types, algorithms, names.
        octets.skip(octets.number(1));
        octets.skip(octets.number(2));
        int names = octets.position;
        octets.skip(octets.number(2));
        if (octets.left() > 0) {
            throw lie();
        }
        super.receiveCertificateRequest(new ByteArrayInputStream(Arrays.copyOf(Arrays.copyOf(body, names), names + 2)));
    }

    @Override
    protected void receive13CertificateRequest(ByteArrayInputStream message, boolean afterHandshake) throws IOException {
        byte[] body = message.readAllBytes();
        Octets octets = new Octets(body);
        // RFC 8446 §4.3.2: context, extensions.
        octets.skip(octets.number(1));
        int start = octets.position;
        if (octets.number(2) != octets.left()) {
            throw lie();
        }
        ByteArrayOutputStream extensions = new ByteArrayOutputStream();
        while (octets.left() > 0) {
            int from = octets.position;
            int type = octets.number(2);
            octets.skip(octets.number(2));
            if (type != CERTIFICATE_AUTHORITIES) {
                extensions.write(body, from, octets.position - from);
            }
        }
        ByteArrayOutputStream without = new ByteArrayOutputStream();
        without.write(body, 0, start);
        without.write(extensions.size() >> 8);
        without.write(extensions.size());
        extensions.writeTo(without);
        super.receive13CertificateRequest(new ByteArrayInputStream(without.toByteArray()), afterHandshake);
    }

    /** A message read number by number, never beyond its end. */
    private static final class Octets {
        private final byte[] octets;
        private int position;

        Octets(byte[] octets) {
            this.octets = octets;
        }

        int left() {
            return octets.length - position;
        }

        int number(int size) throws TlsFatalAlert {
            int number = 0;
            int start = position;
            skip(size);
            for (int i = start; i < position; i++) {
                number = (number << 8) | (octets[i] & 0xff);
            }
            return number;
        }

        void skip(int count) throws TlsFatalAlert {
            if (count > left()) {
                throw lie();
            }
            position += count;
        }
    }
}
