/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.dns.validating;

import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.PublicKey;
import java.security.interfaces.ECPublicKey;
import java.util.Arrays;
import java.util.concurrent.atomic.LongAdder;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import org.xbill.DNS.DClass;
import org.xbill.DNS.DNSOutput;
import org.xbill.DNS.Name;
import org.xbill.DNS.RRSIGRecord;
import org.xbill.DNS.Record;

/**
 * The cryptographic part of checking a signature (RFC 4035 §5.3.2, §5.3.3), and nothing else of it.
 *
 * <p>Most of the cost of validation is here, so a signature over the same octets by the same key is computed only once. A signature that
 * verified is remembered by the SHA-256 of key, signature and octets.
 */
final class SignatureCheck {
    /** About 32 octets and overhead each; the signatures of a few thousand domains. */
    private static final int MAX_REMEMBERED = 20_000;

    private final Cache<ByteBuffer, Boolean> verified = Caffeine.newBuilder().maximumSize(MAX_REMEMBERED).executor(Runnable::run).build();
    private final LongAdder computed = new LongAdder();
    private final SignatureComputation computation;

    SignatureCheck(SignatureComputation computation) {
        this.computation = computation;
    }

    /** Tests whether the key made the signature over the records. */
    boolean verifies(SignedRrset set, RRSIGRecord signature, ZoneKey key) {
        if (key.publicKey().isEmpty()) {
            return false;
        }
        byte[] octets = signedOctets(set, signature);
        ByteBuffer fingerprint = fingerprint(octets, signature, key);
        if (verified.getIfPresent(fingerprint) != null) {
            return true;
        }
        boolean result = compute(octets, signature, key.publicKey().get());
        if (result) {
            verified.put(fingerprint, Boolean.TRUE);
        }
        return result;
    }

    private boolean compute(byte[] octets, RRSIGRecord signature, PublicKey key) {
        byte[] octetsOfSignature = signature.getSignature();
        if (key instanceof ECPublicKey ec && !isWithinOrder(octetsOfSignature, ec.getParams().getOrder())) {
            return false;
        }
        computed.increment();
        try {
            return computation.verifies(signature.getAlgorithm(), key, octets, octetsOfSignature);
        } catch (GeneralSecurityException | RuntimeException e) {
            // A supported algorithm that cannot be computed on this input is a wrong signature; it never makes a zone unsigned.
            return false;
        }
    }

    /**
     * Tests whether both r and s are of 1 to n-1 (FIPS 186-5 §6.4.2; RFC 6605 §4: side by side, each as long as n). Every provider has to
     * look; one that did not took signatures of zeros for any key's (CVE-2022-21449).
     */
    static boolean isWithinOrder(byte[] signature, BigInteger order) {
        int half = (order.bitLength() + Byte.SIZE - 1) / Byte.SIZE;
        return signature.length == 2 * half && isWithin(new BigInteger(1, signature, 0, half), order)
            && isWithin(new BigInteger(1, signature, half, half), order);
    }

    private static boolean isWithin(BigInteger number, BigInteger order) {
        return number.signum() > 0 && number.compareTo(order) < 0;
    }

    private static ByteBuffer fingerprint(byte[] octets, RRSIGRecord signature, ZoneKey key) {
        try {
            MessageDigest sha256 = MessageDigest.getInstance("SHA-256");
            for (byte[] part : new byte[][] {key.record().rdataToWireCanonical(), signature.getSignature(), octets}) {
                sha256.update(ByteBuffer.allocate(Integer.BYTES).putInt(0, part.length));
                sha256.update(part);
            }
            return ByteBuffer.wrap(sha256.digest());
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("Every Java platform has SHA-256", e);
        }
    }

    /** Signed octets: the RRSIG's data without the signature, then the records in canonical form and order (RFC 4034 §3.1.8.1, §6). */
    static byte[] signedOctets(SignedRrset set, RRSIGRecord signature) {
        DNSOutput out = new DNSOutput();
        out.writeU16(signature.getTypeCovered());
        out.writeU8(signature.getAlgorithm());
        out.writeU8(signature.getLabels());
        out.writeU32(signature.getOrigTTL());
        out.writeU32(signature.getExpire().getEpochSecond() & 0xFFFFFFFFL);
        out.writeU32(signature.getTimeSigned().getEpochSecond() & 0xFFFFFFFFL);
        out.writeU16(signature.getFootprint());
        signature.getSigner().toWireCanonical(out);

        Name owner = set.owner();
        if (signature.getLabels() < WireNames.signedLabels(owner)) {
            owner = owner.wild(owner.labels() - 1 - signature.getLabels());
        }
        byte[] name = owner.toWireCanonical();
        for (byte[] rdata : canonicalData(set)) {
            out.writeByteArray(name);
            out.writeU16(set.type());
            out.writeU16(DClass.IN);
            out.writeU32(signature.getOrigTTL());
            out.writeU16(rdata.length);
            out.writeByteArray(rdata);
        }
        return out.toByteArray();
    }

    /** The data of the records in canonical form and order (RFC 4034 §6.2, §6.3). */
    static byte[][] canonicalData(SignedRrset set) {
        return set.records().stream().map(Record::rdataToWireCanonical).sorted(Arrays::compareUnsigned).toArray(byte[][]::new);
    }

    /** Number of signatures computed, without those remembered. */
    long computed() {
        return computed.sum();
    }
}
