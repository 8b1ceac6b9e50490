/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.testing.pki;

import java.math.BigInteger;
import java.security.InvalidKeyException;
import java.security.NoSuchAlgorithmException;
import java.security.NoSuchProviderException;
import java.security.Principal;
import java.security.PublicKey;
import java.security.SignatureException;
import java.security.cert.CertificateEncodingException;
import java.security.cert.CertificateException;
import java.security.cert.CertificateExpiredException;
import java.security.cert.CertificateNotYetValidException;
import java.security.cert.X509Certificate;
import java.util.Date;
import java.util.Set;

import javax.security.auth.x500.X500Principal;

import org.jspecify.annotations.Nullable;

/** A certificate that does as another one, as far as a subclass does not say otherwise. */
public class CertificateWrapper extends X509Certificate {
    private static final long serialVersionUID = 1;

    private final transient X509Certificate meant;

    /** Does as that certificate. */
    protected CertificateWrapper(X509Certificate meant) {
        this.meant = meant;
    }

    @Override
    public void verify(PublicKey key)
            throws CertificateException, NoSuchAlgorithmException, InvalidKeyException, NoSuchProviderException, SignatureException {
        meant.verify(key);
    }

    @Override
    public void verify(PublicKey key, String provider)
            throws CertificateException, NoSuchAlgorithmException, InvalidKeyException, NoSuchProviderException, SignatureException {
        meant.verify(key, provider);
    }

    @Override
    public byte[] getEncoded() throws CertificateEncodingException {
        return meant.getEncoded();
    }

    @Override
    public X500Principal getSubjectX500Principal() {
        return meant.getSubjectX500Principal();
    }

    @Override
    public X500Principal getIssuerX500Principal() {
        return meant.getIssuerX500Principal();
    }

    @Override
    public void checkValidity() throws CertificateExpiredException, CertificateNotYetValidException {
        meant.checkValidity();
    }

    @Override
    public void checkValidity(Date date) throws CertificateExpiredException, CertificateNotYetValidException {
        meant.checkValidity(date);
    }

    @Override
    public int getVersion() {
        return meant.getVersion();
    }

    @Override
    public BigInteger getSerialNumber() {
        return meant.getSerialNumber();
    }

    @Override
    @SuppressWarnings("deprecation") // the abstract class demands it
    public Principal getIssuerDN() {
        return meant.getIssuerDN();
    }

    @Override
    @SuppressWarnings("deprecation") // the abstract class demands it
    public Principal getSubjectDN() {
        return meant.getSubjectDN();
    }

    @Override
    public Date getNotBefore() {
        return meant.getNotBefore();
    }

    @Override
    public Date getNotAfter() {
        return meant.getNotAfter();
    }

    @Override
    public byte[] getTBSCertificate() throws CertificateEncodingException {
        return meant.getTBSCertificate();
    }

    @Override
    public byte[] getSignature() {
        return meant.getSignature();
    }

    @Override
    public String getSigAlgName() {
        return meant.getSigAlgName();
    }

    @Override
    public String getSigAlgOID() {
        return meant.getSigAlgOID();
    }

    @Override
    public byte @Nullable [] getSigAlgParams() {
        return meant.getSigAlgParams();
    }

    @Override
    public boolean @Nullable [] getIssuerUniqueID() {
        return meant.getIssuerUniqueID();
    }

    @Override
    public boolean @Nullable [] getSubjectUniqueID() {
        return meant.getSubjectUniqueID();
    }

    @Override
    public boolean @Nullable [] getKeyUsage() {
        return meant.getKeyUsage();
    }

    @Override
    public int getBasicConstraints() {
        return meant.getBasicConstraints();
    }

    @Override
    public String toString() {
        return meant.toString();
    }

    @Override
    public PublicKey getPublicKey() {
        return meant.getPublicKey();
    }

    @Override
    public boolean hasUnsupportedCriticalExtension() {
        return meant.hasUnsupportedCriticalExtension();
    }

    @Override
    public @Nullable Set<String> getCriticalExtensionOIDs() {
        return meant.getCriticalExtensionOIDs();
    }

    @Override
    public @Nullable Set<String> getNonCriticalExtensionOIDs() {
        return meant.getNonCriticalExtensionOIDs();
    }

    @Override
    public byte @Nullable [] getExtensionValue(String oid) {
        return meant.getExtensionValue(oid);
    }
}
