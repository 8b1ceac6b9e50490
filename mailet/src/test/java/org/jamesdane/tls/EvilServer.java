/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.tls;

import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.math.BigInteger;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.HexFormat;

import javax.crypto.Cipher;
import javax.crypto.KeyAgreement;

import org.jamesdane.testing.pki.Credential;

/**
 * A TLS server that speaks TLS 1.2 (ECDHE, DHE or key transport, AES-128-GCM) or 1.3 (X25519, AES-128-GCM) octet by octet, and does one
 * thing wrong: its {@link Script} may change, drop, repeat or add any message, with a transcript that has what was sent.
 */
final class EvilServer implements AutoCloseable {
    static final int CLIENT_HELLO = 1;
    static final int SERVER_HELLO = 2;
    static final int ENCRYPTED_EXTENSIONS = 8;
    static final int CERTIFICATE = 11;
    static final int SERVER_KEY_EXCHANGE = 12;
    static final int CERTIFICATE_REQUEST = 13;
    static final int SERVER_HELLO_DONE = 14;
    static final int CERTIFICATE_VERIFY = 15;
    static final int FINISHED = 20;
    static final int CHANGE_CIPHER_SPEC = 20;
    static final int ALERT = 21;
    static final int HANDSHAKE = 22;
    static final int DATA = 23;
    private static final int X25519 = 29;
    /** X.509 of an X25519 key: the octets in front of its 32. */
    private static final String X25519_INFO = "302a300506032b656e032100";

    private final ServerSocket listener;
    private final Thread thread;
    private volatile Socket accepted = new Socket();

    EvilServer(Credential credential, Script script) throws IOException {
        listener = new ServerSocket(0, 5, InetAddress.getLoopbackAddress());
        thread = new Thread(() -> {
            try (Socket socket = listener.accept()) {
                accepted = socket;
                new Session(socket, credential, script).serve();
            } catch (IOException e) {
                // The client ended it, which is what most scripts are there for.
            } catch (GeneralSecurityException | RuntimeException e) {
                // What was sent made no sense, so neither does what came; the client's side of it is what a test looks at.
            }
        }, "evil server");
        thread.setDaemon(true);
        thread.start();
    }

    Socket connect() throws IOException {
        Socket socket = new Socket();
        socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), listener.getLocalPort()), 10_000);
        socket.setSoTimeout(20_000);
        return socket;
    }

    @Override
    public void close() throws IOException {
        listener.close();
        accepted.close();
    }

    /** Session over one connection. */
    static final class Session {
        private final DataInputStream in;
        private final Socket socket;
        private final Credential credential;
        private final Script script;
        private final ByteArrayOutputStream transcript = new ByteArrayOutputStream();
        private final Records records;
        private byte[] clientRandom = new byte[0];
        private byte[] sessionId = new byte[0];
        private byte[] share = new byte[0];
        /** True once the client was asked for a certificate, to which it answers with an empty one. */
        private boolean requested;
        private byte[] serverRandom = new byte[32];

        Session(Socket socket, Credential credential, Script script) throws IOException {
            this.socket = socket;
            this.in = new DataInputStream(socket.getInputStream());
            this.credential = credential;
            this.script = script;
            this.records = new Records(script.isTls13());
        }

        void serve() throws IOException, GeneralSecurityException {
            readHello();
            raw(script.beforeHello(sessionId));
            new SecureRandom().nextBytes(serverRandom);
            serverRandom = script.random(serverRandom);
            KeyPair pair = KeyPairGenerator.getInstance("X25519").generateKeyPair();
            byte[] point = pair.getPublic().getEncoded();
            point = script.share(Arrays.copyOfRange(point, point.length - 32, point.length));
            if (script.isTls13()) {
                serve13(pair, point);
            } else {
                serve12(pair, point);
            }
            script.afterHandshake(this);
        }

        private void readHello() throws IOException, GeneralSecurityException {
            byte[] hello = record();
            transcript.writeBytes(hello);
            ByteBuffer body = ByteBuffer.wrap(hello);
            body.position(6);
            clientRandom = take(body, 32);
            sessionId = take(body, body.get() & 0xff);
            take(body, body.getShort() & 0xffff);
            take(body, body.get() & 0xff);
            body.getShort();
            while (body.hasRemaining()) {
                int type = body.getShort() & 0xffff;
                ByteBuffer extension = ByteBuffer.wrap(take(body, body.getShort() & 0xffff));
                if (type == 51) {
                    extension.getShort();
                    while (extension.hasRemaining()) {
                        int group = extension.getShort() & 0xffff;
                        byte[] key = take(extension, extension.getShort() & 0xffff);
                        share = group == X25519 ? key : share;
                    }
                }
            }
        }

        private static byte[] take(ByteBuffer buffer, int length) {
            byte[] taken = new byte[length];
            buffer.get(taken);
            return taken;
        }

        private byte[] agreed(KeyPair pair, byte[] peer) throws GeneralSecurityException {
            KeyAgreement agreement = KeyAgreement.getInstance("X25519");
            agreement.init(pair.getPrivate());
            agreement.doPhase(java.security.KeyFactory.getInstance("X25519").generatePublic(new java.security.spec.X509EncodedKeySpec(
                join(HexFormat.of().parseHex(X25519_INFO), peer))), true);
            return agreement.generateSecret();
        }

        private void serve13(KeyPair pair, byte[] point) throws IOException, GeneralSecurityException {
            byte[] versions = hex("002b00020304");
            byte[] keyShare = join(hex("00330024001d0020"), point);
            hello(join(versions, keyShare));
            KeySchedule keys = new KeySchedule(agreed(pair, share));
            keys.handshake(hash());
            records.write(keys.serverKey(), keys.serverIv());
            send(ENCRYPTED_EXTENSIONS, hex("0000"));
            send(CERTIFICATE_REQUEST, new byte[0]);
            ByteArrayOutputStream list = new ByteArrayOutputStream();
            for (var each : credential.chain()) {
                list.writeBytes(sized(3, each.getEncoded()));
                list.writeBytes(hex("0000"));
            }
            send(CERTIFICATE, join(hex("00"), sized(3, list.toByteArray())));
            byte[] signed = join(" ".repeat(64).getBytes(java.nio.charset.StandardCharsets.US_ASCII),
                "TLS 1.3, server CertificateVerify\0".getBytes(java.nio.charset.StandardCharsets.US_ASCII), hash());
            send(CERTIFICATE_VERIFY, signature(signed));
            send(FINISHED, keys.finished(true, hash()));
            byte[] whole = hash();
            records.read(keys.clientKey(), keys.clientIv());
            if (requested) {
                record();
            }
            // The client's change_cipher_spec is for old boxes on the way (RFC 8446 §D.4); its Finished is believed.
            record();
            keys.application(whole);
            records.write(keys.serverKey(), keys.serverIv());
            records.read(keys.clientKey(), keys.clientIv());
        }

        private void serve12(KeyPair pair, byte[] point) throws IOException, GeneralSecurityException {
            // renegotiation_info, empty
            hello(hex("ff01000100"));
            ByteArrayOutputStream list = new ByteArrayOutputStream();
            for (var each : credential.chain()) {
                list.writeBytes(sized(3, each.getEncoded()));
            }
            send(CERTIFICATE, sized(3, list.toByteArray()));
            if (!script.keyTransport()) {
                byte[] parameters = script.parameters(join(hex("03001d"), sized(1, point)));
                send(SERVER_KEY_EXCHANGE, join(parameters, signature(join(clientRandom, serverRandom, parameters))));
            }
            send(CERTIFICATE_REQUEST, new byte[0]);
            send(SERVER_HELLO_DONE, new byte[0]);
            byte[] preMaster = new byte[1];
            if (!script.abbreviated()) {
                if (requested) {
                    transcript.writeBytes(record());
                }
                byte[] exchange = record();
                transcript.writeBytes(exchange);
                preMaster = preMaster(pair, exchange);
            }
            Prf prf = new Prf(preMaster, clientRandom, serverRandom);
            if (!script.abbreviated()) {
                records.read(prf.clientKey(), prf.clientIv());
                transcript.writeBytes(record());
                records.expectChange();
            }
            raw(script.changeCipherSpec());
            records.write(prf.serverKey(), prf.serverIv());
            send(FINISHED, prf.finished(hash()));
        }

        private byte[] preMaster(KeyPair pair, byte[] exchange) throws GeneralSecurityException {
            if (script.keyTransport()) {
                Cipher cipher = Cipher.getInstance("RSA/ECB/PKCS1Padding");
                cipher.init(Cipher.DECRYPT_MODE, script.signer(credential).privateKey());
                return cipher.doFinal(exchange, 6, exchange.length - 6);
            }
            if (script.prime().isPresent()) {
                // The other one's number to the power of one is itself: ours is the generator.
                byte[] number = new BigInteger(1, Arrays.copyOfRange(exchange, 6, exchange.length)).toByteArray();
                return number[0] == 0 ? Arrays.copyOfRange(number, 1, number.length) : number;
            }
            return agreed(pair, Arrays.copyOfRange(exchange, 5, exchange.length));
        }

        private void hello(byte[] extensions) throws IOException, GeneralSecurityException {
            byte[] body = join(hex("0303"), serverRandom, sized(1, script.isTls13() || script.abbreviated() ? sessionId : new byte[0]),
                new byte[] {(byte) (script.suite() >> 8), (byte) script.suite(), 0}, sized(2, extensions));
            send(SERVER_HELLO, body);
        }

        private byte[] signature(byte[] octets) throws GeneralSecurityException {
            int scheme = script.scheme();
            byte[] signed = Signing.sign(scheme, script.signer(credential), octets);
            return join(new byte[] {(byte) (scheme >> 8), (byte) scheme}, sized(2, script.signature(signed)));
        }

        private byte[] hash() throws GeneralSecurityException {
            return MessageDigest.getInstance("SHA-256").digest(transcript.toByteArray());
        }

        private void send(int type, byte[] body) throws IOException, GeneralSecurityException {
            byte[] whole = join(new byte[] {(byte) type}, sized(3, body));
            byte[] message = script.message(type, type == CERTIFICATE_REQUEST ? new byte[0] : whole);
            requested |= type == CERTIFICATE_REQUEST && message.length > 0;
            transcript.writeBytes(message);
            for (int from = 0; from < message.length; from += 16_000) {
                write(HANDSHAKE, Arrays.copyOfRange(message, from, Math.min(message.length, from + 16_000)));
            }
            raw(script.behind(type));
        }

        /** A record under the keys that hold. */
        byte[] sealed(int type, byte[] octets) throws GeneralSecurityException {
            return records.seal(type, octets);
        }

        /** Writes a record under the keys that hold. */
        void write(int type, byte[] octets) throws IOException, GeneralSecurityException {
            raw(records.seal(type, octets));
        }

        /** Writes octets as they are. */
        void raw(byte[] octets) throws IOException {
            socket.getOutputStream().write(octets);
        }

        /** Reads the content of the next record that is no change_cipher_spec. */
        byte[] record() throws IOException, GeneralSecurityException {
            while (true) {
                int type = in.read();
                if (type < 0) {
                    throw new EOFException();
                }
                in.readShort();
                byte[] content = new byte[in.readUnsignedShort()];
                in.readFully(content);
                if (type == ALERT) {
                    throw new EOFException();
                }
                if (type != CHANGE_CIPHER_SPEC) {
                    return records.open(type, content);
                }
                records.started();
            }
        }

        /** Answers one record with its own octets. */
        void echo() throws IOException, GeneralSecurityException {
            write(DATA, record());
        }
    }

    static byte[] hex(String text) {
        return HexFormat.of().parseHex(text);
    }

    static byte[] join(byte[]... parts) {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        for (byte[] part : parts) {
            all.writeBytes(part);
        }
        return all.toByteArray();
    }

    static byte[] sized(int octets, byte[] content) {
        byte[] length = ByteBuffer.allocate(4).putInt(content.length).array();
        return join(Arrays.copyOfRange(length, 4 - octets, 4), content);
    }
}
