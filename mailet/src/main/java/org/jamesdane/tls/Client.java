/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.tls;

import java.io.IOException;
import java.io.InputStream;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Vector;

import org.bouncycastle.tls.AbstractTlsClient;
import org.bouncycastle.tls.AlertDescription;
import org.bouncycastle.tls.CertificateRequest;
import org.bouncycastle.tls.CertificateStatusRequest;
import org.bouncycastle.tls.CertificateType;
import org.bouncycastle.tls.DefaultTlsKeyExchangeFactory;
import org.bouncycastle.tls.KeyExchangeAlgorithm;
import org.bouncycastle.tls.NameType;
import org.bouncycastle.tls.ProtocolVersion;
import org.bouncycastle.tls.SecurityParameters;
import org.bouncycastle.tls.ServerName;
import org.bouncycastle.tls.SignatureScheme;
import org.bouncycastle.tls.TlsAuthentication;
import org.bouncycastle.tls.TlsCredentials;
import org.bouncycastle.tls.TlsDHEKeyExchange;
import org.bouncycastle.tls.TlsDHGroupVerifier;
import org.bouncycastle.tls.TlsECDHEKeyExchange;
import org.bouncycastle.tls.TlsFatalAlert;
import org.bouncycastle.tls.TlsKeyExchange;
import org.bouncycastle.tls.TlsKeyExchangeFactory;
import org.bouncycastle.tls.TlsServerCertificate;
import org.bouncycastle.tls.crypto.DHGroup;
import org.bouncycastle.tls.crypto.TlsCertificate;
import org.jamesdane.dane.channel.Channel;
import org.jamesdane.dane.pkix.PeerCertificate;
import org.jamesdane.dns.DomainName;
import org.jspecify.annotations.Nullable;

/** Handshake as client: the offer, our bounds, and a record of what was agreed. It judges nothing of a certificate. */
final class Client extends AbstractTlsClient {
    /** Octets of one handshake message; a certificate of 40 KB and a request with 420 names of authorities have been seen. */
    static final int MAX_HANDSHAKE_MESSAGE = 128 * 1024;
    /** Certificates in a chain; the verifier looks at no more. */
    static final int MAX_CERTIFICATES = 20;
    /** Bits of the prime in a key exchange: fewer are within reach of computation, more take too long. */
    static final int MIN_PRIME_BITS = 1024;
    static final int MAX_PRIME_BITS = 8192;

    private final TlsSettings settings;
    private List<PeerCertificate> chain = List.of();
    private String key = "";
    private Optional<String> group = Optional.empty();
    private @Nullable Agreed agreed;

    /** The outcome that is gone from the library once the handshake is complete. */
    private record Agreed(String protocol, TlsCipherSuite suite) {
    }

    Client(TlsSettings settings) {
        super(TlsCryptography.INSTANCE);
        this.settings = settings;
    }

    /**
     * The result; only to be asked for after the handshake has returned, since the certificates come before the proof of their key.
     *
     * @throws IllegalStateException before
     */
    Channel.Tls result() {
        if (agreed == null) {
            throw new IllegalStateException("The handshake is not complete");
        }
        return new Channel.Tls(agreed.protocol(), agreed.suite().name(), settings.serverName().map(DomainName::toString), chain,
            new Channel.Strength(group, key, agreed.suite().isForwardSecret()));
    }

    /** The form in which the library takes lists. */
    @SuppressWarnings("JdkObsolete")
    private static Vector<Object> vector(Collection<?> elements) {
        return new Vector<>(elements);
    }

    @Override
    protected ProtocolVersion[] getSupportedVersions() {
        return settings.offer().protocols().stream().sorted(java.util.Comparator.reverseOrder())
            .map(protocol -> protocol == TlsProtocol.TLS_1_3 ? ProtocolVersion.TLSv13 : ProtocolVersion.TLSv12)
            .toArray(ProtocolVersion[]::new);
    }

    @Override
    protected int[] getSupportedCipherSuites() {
        return settings.offer().cipherSuites().stream()
            .filter(suite -> settings.offer().protocols().contains(suite.isForTls13() ? TlsProtocol.TLS_1_3 : TlsProtocol.TLS_1_2))
            .mapToInt(TlsCipherSuite::code).toArray();
    }

    /** The library's own vector has no type. */
    @Override
    @SuppressWarnings("rawtypes")
    protected Vector<Object> getSupportedGroups(Vector namedGroupRoles) {
        return vector(settings.offer().groups().stream().map(TlsGroup::code).toList());
    }

    /** The shares sent at once: the hybrid one and X25519, or else the first of the list; for another the server asks once more. */
    @Override
    public Vector<Object> getEarlyKeyShareGroups() {
        List<TlsGroup> groups = settings.offer().groups();
        List<TlsGroup> early = new ArrayList<>(groups);
        early.retainAll(List.of(TlsGroup.X25519MLKEM768, TlsGroup.X25519));
        return vector((early.isEmpty() ? groups.subList(0, 1) : early).stream().map(TlsGroup::code).toList());
    }

    @Override
    protected Vector<Object> getSupportedSignatureAlgorithms() {
        List<Object> schemes = new ArrayList<>();
        for (HandshakeSignature each : HandshakeSignature.values()) {
            schemes.add(SignatureScheme.getSignatureAndHashAlgorithm(each.code()));
        }
        return vector(schemes);
    }

    @Override
    protected @Nullable Vector<Object> getSNIServerNames() {
        return settings.serverName().map(name -> vector(List.of(new ServerName(NameType.host_name,
            name.toString().getBytes(StandardCharsets.US_ASCII))))).orElse(null);
    }

    /** RFC 7672 §4 expects no revocation of mail servers. */
    @Override
    protected @Nullable CertificateStatusRequest getCertificateStatusRequest() {
        return null;
    }

    @Override
    protected short @Nullable [] getAllowedServerCertificateTypes() {
        return settings.rawPublicKeys() ? new short[] {CertificateType.RawPublicKey, CertificateType.X509} : null;
    }

    @Override
    public int getMaxHandshakeMessageSize() {
        return MAX_HANDSHAKE_MESSAGE;
    }

    @Override
    public int getMaxCertificateChainLength() {
        return MAX_CERTIFICATES;
    }

    /** SMTP says by itself where a reply and a dialogue end; a reply that is cut is an error there. */
    @Override
    public boolean requiresCloseNotify() {
        return false;
    }

    /** Servers without RFC 5746 are taken: this client never renegotiates (RFC 5746 §4.1). */
    @Override
    public void notifySecureRenegotiation(boolean secureRenegotiation) {
        // Either is fine.
    }

    @Override
    public TlsDHGroupVerifier getDHGroupVerifier() {
        return Client::isAcceptable;
    }

    private static boolean isAcceptable(DHGroup group) {
        BigInteger prime = group.getP();
        BigInteger generator = group.getG();
        return prime.bitLength() >= MIN_PRIME_BITS && prime.bitLength() <= MAX_PRIME_BITS && prime.testBit(0)
            && generator.compareTo(BigInteger.ONE) > 0 && generator.compareTo(prime.subtract(BigInteger.ONE)) < 0;
    }

    @Override
    public TlsAuthentication getAuthentication() {
        return new TlsAuthentication() {
            @Override
            public void notifyServerCertificate(TlsServerCertificate shown) throws IOException {
                keep(shown.getCertificate().getCertificateList());
            }

            @Override
            public @Nullable TlsCredentials getClientCredentials(CertificateRequest request) {
                return null;
            }
        };
    }

    /** A second chain would put another peer behind a verdict that is already made. */
    private void keep(TlsCertificate[] certificates) throws IOException {
        if (!chain.isEmpty()) {
            throw new TlsFatalAlert(AlertDescription.unexpected_message, "the peer showed another chain of certificates");
        }
        List<PeerCertificate> entries = new ArrayList<>();
        for (TlsCertificate each : certificates) {
            entries.add(((LeafCertificate) each).entry());
        }
        chain = List.copyOf(entries);
        key = ((LeafCertificate) certificates[0]).key().toString();
    }

    @Override
    public TlsKeyExchangeFactory getKeyExchangeFactory() {
        return new DefaultTlsKeyExchangeFactory() {
            @Override
            public TlsKeyExchange createECDHEKeyExchangeClient(int algorithm) {
                return new TlsECDHEKeyExchange(algorithm) {
                    @Override
                    public void processServerKeyExchange(InputStream message) throws IOException {
                        super.processServerKeyExchange(message);
                        group = Optional.of(TlsGroup.shown(ecConfig.getNamedGroup()));
                    }
                };
            }

            @Override
            public TlsKeyExchange createDHEKeyExchangeClient(int algorithm, TlsDHGroupVerifier verifier) {
                return new TlsDHEKeyExchange(algorithm, verifier) {
                    @Override
                    public void processServerKeyExchange(InputStream message) throws IOException {
                        super.processServerKeyExchange(message);
                        group = Optional.of(dhConfig.getExplicitGroup() == null ? TlsGroup.shown(dhConfig.getNamedGroup())
                            : "dhe-" + dhConfig.getExplicitGroup().getP().bitLength());
                    }
                };
            }

            @Override
            public TlsKeyExchange createRSAKeyExchange(int algorithm) throws IOException {
                if (algorithm != KeyExchangeAlgorithm.RSA) {
                    throw new TlsFatalAlert(AlertDescription.internal_error);
                }
                return super.createRSAKeyExchange(algorithm);
            }
        };
    }

    @Override
    public void notifyHandshakeComplete() throws IOException {
        super.notifyHandshakeComplete();
        SecurityParameters parameters = context.getSecurityParametersConnection();
        boolean tls13 = ProtocolVersion.TLSv13.equals(parameters.getNegotiatedVersion());
        if (tls13) {
            group = Optional.of(TlsGroup.shown(parameters.getNegotiatedGroup()));
        }
        TlsCipherSuite suite = settings.offer().cipherSuites().stream().filter(each -> each.code() == parameters.getCipherSuite())
            .findFirst().orElseThrow(() -> new TlsFatalAlert(AlertDescription.illegal_parameter));
        // RFC 8446 §2.2, RFC 5077: no session or ticket is ever offered, so a full handshake has shown a chain.
        if (chain.isEmpty() || parameters.isResumedSession()) {
            throw new TlsFatalAlert(AlertDescription.handshake_failure, "the peer showed no certificate");
        }
        agreed = new Agreed((tls13 ? TlsProtocol.TLS_1_3 : TlsProtocol.TLS_1_2).toString(), suite);
    }
}
