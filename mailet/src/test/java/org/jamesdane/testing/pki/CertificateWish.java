/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.testing.pki;

import java.security.KeyPair;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.Extension;
import org.jspecify.annotations.Nullable;

/**
 * Common wishes for authorities and leaves. Each method returns a changed copy, which is another certificate.
 *
 * @param <W> the kind of wish
 */
public abstract class CertificateWish<W extends CertificateWish<W>> {
    /** An extension nobody knows, below the arc of documentation examples (RFC 5612). */
    private static final ASN1ObjectIdentifier UNKNOWN_EXTENSION = new ASN1ObjectIdentifier("1.3.6.1.4.1.32473.1");

    private final Spec spec;
    private final Optional<Authority> issuer;
    private @Nullable X509Certificate certificate;

    CertificateWish(Spec spec, Optional<Authority> issuer) {
        this.spec = spec;
        this.issuer = issuer;
    }

    abstract W with(Spec changed);

    final W change(Consumer<Spec> change) {
        Spec changed = spec.copy();
        change.accept(changed);
        return with(changed);
    }

    final Spec spec() {
        return spec;
    }

    /** The signer; empty for a certificate that signs itself. */
    final Optional<Authority> issuer() {
        return issuer;
    }

    /** The certificate; made at the first call, the same at every later one. */
    public final synchronized X509Certificate certificate() {
        X509Certificate made = certificate;
        if (made == null) {
            made = Issuing.issue(spec, issuer);
            certificate = made;
        }
        return made;
    }

    /** The key of the certificate. */
    public final PrivateKey privateKey() {
        return keyPair().getPrivate();
    }

    final KeyPair keyPair() {
        return KeyPool.key(spec.keyKind, spec.keyLabel);
    }

    /** The certificate's present: its validity is moved along, and what it issues is valid around the same instant. */
    public final W at(Instant now) {
        return change(s -> s.moveTo(now));
    }

    /** Ended a day before the present. */
    public final W expired() {
        return change(s -> s.notAfter = s.now.minus(Duration.ofDays(1)));
    }

    /** Begins a day after the present. */
    public final W notYetValid() {
        return change(s -> s.notBefore = s.now.plus(Duration.ofDays(1)));
    }

    /** Valid from and until these instants, both inclusive (RFC 5280 §4.1.2.5). */
    public final W valid(Instant notBefore, Instant notAfter) {
        return change(s -> {
            s.notBefore = notBefore;
            s.notAfter = notAfter;
        });
    }

    /** With a key of this kind; P-256 if nothing is said. */
    public final W key(KeyKind kind) {
        return change(s -> s.keyKind = kind);
    }

    /** With the key of this label: the same label is the same key, another label another. */
    public final W keyLabel(String label) {
        return change(s -> s.keyLabel = label);
    }

    /** Signed with this hash; SHA-256 if nothing is said. The kind of signature is that of the issuer's key. */
    public final W signedWith(SignatureHash hash) {
        return change(s -> s.hash = hash);
    }

    /** With this as its whole subject: {@code "O=Example, CN=mx.example"}, or {@code ""} for none. */
    public final W subject(String distinguishedName) {
        return change(s -> s.subject = new X500Name(distinguishedName));
    }

    /** With an extended key usage of these purposes; of none, without the extension. */
    public final W extendedKeyUsage(Purpose... purposes) {
        return change(s -> s.purposes = List.of(purposes));
    }

    /** With these bits as its key usage ({@code org.bouncycastle.asn1.x509.KeyUsage}). */
    public final W keyUsage(int bits) {
        return change(s -> s.keyUsage = Optional.of(bits));
    }

    /** Without a key usage extension. */
    public final W withoutKeyUsage() {
        return change(s -> s.keyUsage = Optional.empty());
    }

    /** Without subject and authority key identifiers, so that only names and signatures link it with others. */
    public final W withoutKeyIdentifiers() {
        return change(s -> s.withoutKeyIdentifiers = true);
    }

    /** With a critical extension nobody knows, which a verifier of paths has to refuse (RFC 5280 §4.2). */
    public final W unknownCriticalExtension() {
        return extension(UNKNOWN_EXTENSION.getId(), true, new byte[] {0x05, 0x00});
    }

    /** With an extension of these octets, in place of the usual one of that identifier if there is one. */
    public final W extension(String identifier, boolean critical, byte[] value) {
        return change(s -> s.extra(new Extension(new ASN1ObjectIdentifier(identifier), critical, value)));
    }

    /**
     * With the algorithm parameters of its key left out. For RSA that is not what RFC 3279 §2.3.1 asks for, but it is met; Java
     * reads it, and a verifier that encodes the key again for selector 1 gets other octets than are in the certificate.
     */
    public final W keyWithoutParameters() {
        return change(s -> s.keyWithoutParameters = true);
    }

    /**
     * With the value TRUE of each critical flag encoded as 1, which BER allows and DER (255) does not. A verifier that encodes the
     * certificate again for selector 0 gets other octets than were sent.
     */
    public final W oddBooleans() {
        return change(s -> s.oddBooleans = true);
    }

    /** Signed with RSASSA-PSS, the issuer's key being of RSA (RFC 4055 §3.1); salt and mask are of the signature's hash. */
    public final W pssSignature() {
        return change(s -> s.pssSignature = true);
    }

    /** Of version 1, which has no extensions. */
    public final W version1() {
        return change(s -> s.version1 = true);
    }

    /** With a signature that does not verify. */
    public final W brokenSignature() {
        return change(s -> s.brokenSignature = true);
    }

    /** With octets on the wire that are no certificate; here, in the test, it still shows what it was meant to be. */
    public final W undecodable() {
        return change(s -> s.undecodable = true);
    }
}
