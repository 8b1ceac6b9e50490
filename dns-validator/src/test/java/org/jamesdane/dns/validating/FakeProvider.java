/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.dns.validating;

import java.security.GeneralSecurityException;
import java.security.InvalidKeyException;
import java.security.PrivateKey;
import java.security.Provider;
import java.security.PublicKey;
import java.security.Signature;
import java.security.SignatureException;
import java.security.SignatureSpi;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;

/** A provider of signatures that says what a test wants. */
class FakeProvider extends Provider {
    private static final long serialVersionUID = 1;
    private static final List<String> NAMES = List.of("SHA256withRSA", "SHA512withRSA", "SHA256withECDSAinP1363Format",
        "SHA384withECDSAinP1363Format", "Ed25519");

    private final transient Word word;
    private final AtomicInteger asked = new AtomicInteger();

    /** Verdict of the provider, made of the JDK's. */
    interface Word {
        boolean of(boolean truth) throws SignatureException;
    }

    FakeProvider(String name, Word word) {
        super(name, "1", "for tests");
        this.word = word;
        NAMES.forEach(algorithm -> putService(new Fake(algorithm)));
    }

    /** Number of signatures that the provider was asked about. */
    int asked() {
        return asked.get();
    }

    private final class Fake extends Service {
        Fake(String algorithm) {
            super(FakeProvider.this, "Signature", algorithm, "Fake", List.of(), Map.of());
        }

        @Override
        public Object newInstance(Object parameter) {
            return new Verification(getAlgorithm());
        }
    }

    private final class Verification extends SignatureSpi {
        private final Signature jdk;

        Verification(String algorithm) {
            try {
                jdk = Signature.getInstance(algorithm);
            } catch (GeneralSecurityException e) {
                throw new IllegalStateException(e);
            }
        }

        @Override
        protected void engineInitVerify(PublicKey key) throws InvalidKeyException {
            jdk.initVerify(key);
        }

        @Override
        protected void engineUpdate(byte octet) throws SignatureException {
            jdk.update(octet);
        }

        @Override
        protected void engineUpdate(byte[] octets, int offset, int length) throws SignatureException {
            jdk.update(octets, offset, length);
        }

        @Override
        protected boolean engineVerify(byte[] signature) throws SignatureException {
            asked.incrementAndGet();
            boolean truth;
            try {
                truth = jdk.verify(signature);
            } catch (SignatureException e) {
                truth = false;
            }
            return word.of(truth);
        }

        @Override
        protected void engineInitSign(PrivateKey key) {
            throw new UnsupportedOperationException();
        }

        @Override
        protected byte[] engineSign() {
            throw new UnsupportedOperationException();
        }

        @Override
        @SuppressWarnings("deprecation") // the abstract class demands it
        protected void engineSetParameter(String name, Object value) {
            throw new UnsupportedOperationException();
        }

        @Override
        @SuppressWarnings("deprecation") // the abstract class demands it
        protected Object engineGetParameter(String name) {
            throw new UnsupportedOperationException();
        }
    }
}
