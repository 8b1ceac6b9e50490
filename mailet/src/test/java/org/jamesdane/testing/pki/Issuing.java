/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.testing.pki;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.PublicKey;
import java.security.Signature;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.Date;
import java.util.Optional;

import org.bouncycastle.asn1.ASN1Encodable;
import org.bouncycastle.asn1.ASN1Encoding;
import org.bouncycastle.asn1.ASN1Integer;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.x509.AlgorithmIdentifier;
import org.bouncycastle.asn1.x509.ExtendedKeyUsage;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.ExtensionsGenerator;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.asn1.x509.GeneralSubtree;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.bouncycastle.asn1.x509.NameConstraints;
import org.bouncycastle.asn1.x509.SubjectPublicKeyInfo;
import org.bouncycastle.asn1.x509.TBSCertificate;
import org.bouncycastle.asn1.x509.Time;
import org.bouncycastle.asn1.x509.V1TBSCertificateGenerator;
import org.bouncycastle.asn1.x509.V3TBSCertificateGenerator;
import org.bouncycastle.cert.X509ExtensionUtils;
import org.bouncycastle.cert.jcajce.JcaX509ExtensionUtils;
import org.bouncycastle.operator.DefaultSignatureAlgorithmIdentifierFinder;

/** Makes and signs the certificate of a {@link Spec} (RFC 5280 §4.1). */
final class Issuing {
    private static final byte[] DER_TRUE = {0x01, 0x01, (byte) 0xff};

    private Issuing() {
    }

    static X509Certificate issue(Spec spec, Optional<Authority> issuer) {
        try {
            X509Certificate certificate = parse(sign(spec, issuer));
            return spec.undecodable ? new UndecodableCertificate(certificate) : certificate;
        } catch (GeneralSecurityException | IOException e) {
            throw new IllegalStateException("no certificate can be made for " + spec.subject, e);
        }
    }

    private static byte[] sign(Spec spec, Optional<Authority> issuer) throws GeneralSecurityException, IOException {
        KeyPair subjectKey = KeyPool.key(spec.keyKind, spec.keyLabel);
        KeyPair issuerKey = issuer.map(CertificateWish::keyPair).orElse(subjectKey);
        KeyKind issuerKind = issuer.map(authority -> authority.spec().keyKind).orElse(spec.keyKind);
        String algorithm = spec.pssSignature ? "RSASSA-PSS" : issuerKind.signatureAlgorithm(spec.hash);
        AlgorithmIdentifier identifier = new DefaultSignatureAlgorithmIdentifierFinder()
            .find(spec.pssSignature ? spec.hash.name() + "WITHRSAANDMGF1" : algorithm);
        byte[] toBeSigned = toBeSigned(spec, issuer, subjectKey.getPublic(), issuerKey.getPublic(), identifier);
        if (spec.oddBooleans) {
            toBeSigned = withOddBooleans(toBeSigned);
        }
        Signature signature = Signature.getInstance(algorithm);
        if (spec.pssSignature) {
            signature.setParameter(spec.hash.pssParameters());
        }
        signature.initSign(issuerKey.getPrivate());
        signature.update(toBeSigned);
        byte[] signed = signature.sign();
        if (spec.brokenSignature) {
            signed[signed.length - 1] ^= 1;
        }
        byte[] noUnusedBits = {0};
        return Der.join(Der.SEQUENCE, toBeSigned, identifier.getEncoded(ASN1Encoding.DER), Der.join(Der.BIT_STRING, noUnusedBits, signed));
    }

    private static byte[] toBeSigned(Spec spec, Optional<Authority> issuer, PublicKey subjectKey, PublicKey issuerKey,
            AlgorithmIdentifier algorithm) throws GeneralSecurityException, IOException {
        if (spec.version1) {
            return versionOne(spec, issuer, subjectKey, algorithm);
        }
        V3TBSCertificateGenerator generator = new V3TBSCertificateGenerator();
        generator.setSerialNumber(new ASN1Integer(spec.serial));
        generator.setIssuer(issuer.map(authority -> authority.spec().subject).orElse(spec.subject));
        generator.setSubject(spec.subject);
        generator.setStartDate(new Time(Date.from(spec.notBefore)));
        generator.setEndDate(new Time(Date.from(spec.notAfter)));
        generator.setSignature(algorithm);
        generator.setSubjectPublicKeyInfo(keyInfo(spec, subjectKey));
        generator.setExtensions(extensions(spec, subjectKey, issuerKey).generate());
        TBSCertificate certificate = generator.generateTBSCertificate();
        return certificate.getEncoded(ASN1Encoding.DER);
    }

    private static byte[] versionOne(Spec spec, Optional<Authority> issuer, PublicKey subjectKey, AlgorithmIdentifier algorithm)
            throws IOException {
        V1TBSCertificateGenerator generator = new V1TBSCertificateGenerator();
        generator.setSerialNumber(new ASN1Integer(spec.serial));
        generator.setIssuer(issuer.map(authority -> authority.spec().subject).orElse(spec.subject));
        generator.setSubject(spec.subject);
        generator.setStartDate(new Time(Date.from(spec.notBefore)));
        generator.setEndDate(new Time(Date.from(spec.notAfter)));
        generator.setSignature(algorithm);
        generator.setSubjectPublicKeyInfo(keyInfo(spec, subjectKey));
        return generator.generateTBSCertificate().getEncoded(ASN1Encoding.DER);
    }

    private static SubjectPublicKeyInfo keyInfo(Spec spec, PublicKey key) {
        SubjectPublicKeyInfo info = SubjectPublicKeyInfo.getInstance(key.getEncoded());
        if (!spec.keyWithoutParameters) {
            return info;
        }
        return new SubjectPublicKeyInfo(new AlgorithmIdentifier(info.getAlgorithm().getAlgorithm()), info.getPublicKeyData().getOctets());
    }

    private static ExtensionsGenerator extensions(Spec spec, PublicKey subjectKey, PublicKey issuerKey)
            throws GeneralSecurityException, IOException {
        ExtensionsGenerator extensions = new ExtensionsGenerator();
        if (!spec.withoutKeyIdentifiers) {
            X509ExtensionUtils identifiers = new JcaX509ExtensionUtils();
            add(spec, extensions, Extension.subjectKeyIdentifier, false,
                identifiers.createSubjectKeyIdentifier(SubjectPublicKeyInfo.getInstance(subjectKey.getEncoded())));
            add(spec, extensions, Extension.authorityKeyIdentifier, false,
                identifiers.createAuthorityKeyIdentifier(SubjectPublicKeyInfo.getInstance(issuerKey.getEncoded())));
        }
        if (spec.basicConstraints.isPresent()) {
            add(spec, extensions, Extension.basicConstraints, true, spec.basicConstraints.get());
        }
        if (spec.keyUsage.isPresent()) {
            add(spec, extensions, Extension.keyUsage, true, new KeyUsage(spec.keyUsage.get()));
        }
        if (!spec.purposes.isEmpty()) {
            KeyPurposeId[] purposes = spec.purposes.stream().map(Purpose::id).toArray(KeyPurposeId[]::new);
            add(spec, extensions, Extension.extendedKeyUsage, false, new ExtendedKeyUsage(purposes));
        }
        if (!spec.names.isEmpty()) {
            // RFC 5280 §4.2.1.6: critical if the subject is empty
            boolean critical = spec.subject.getRDNs().length == 0;
            add(spec, extensions, Extension.subjectAlternativeName, critical,
                new GeneralNames(spec.names.toArray(new GeneralName[0])));
        }
        if (!spec.permitted.isEmpty() || !spec.excluded.isEmpty()) {
            add(spec, extensions, Extension.nameConstraints, true, new NameConstraints(
                spec.permitted.toArray(new GeneralSubtree[0]), spec.excluded.toArray(new GeneralSubtree[0])));
        }
        for (Extension extra : spec.extras) {
            extensions.addExtension(extra);
        }
        return extensions;
    }

    private static void add(Spec spec, ExtensionsGenerator extensions, ASN1ObjectIdentifier id, boolean critical, ASN1Encodable value)
            throws IOException {
        if (!spec.replaces(id)) {
            extensions.addExtension(id, critical, value);
        }
    }

    private static byte[] withOddBooleans(byte[] toBeSigned) {
        byte[] odd = toBeSigned.clone();
        boolean changed = false;
        for (int at = 0; at + DER_TRUE.length < odd.length; at++) {
            // Only the flag of an extension is followed by an OCTET STRING, and so no key or name is touched by chance.
            if (odd[at] == DER_TRUE[0] && odd[at + 1] == DER_TRUE[1] && odd[at + 2] == DER_TRUE[2] && odd[at + 3] == 0x04) {
                odd[at + 2] = 0x01;
                changed = true;
            }
        }
        if (!changed) {
            throw new IllegalStateException("a certificate without critical extensions has no TRUE to encode oddly");
        }
        return odd;
    }

    private static X509Certificate parse(byte[] der) throws GeneralSecurityException {
        return (X509Certificate) CertificateFactory.getInstance("X.509").generateCertificate(new ByteArrayInputStream(der));
    }
}
