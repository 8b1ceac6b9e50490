/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.delivery;

import java.security.DigestException;
import java.security.MessageDigest;
import java.security.MessageDigestSpi;
import java.security.NoSuchAlgorithmException;
import java.security.NoSuchProviderException;
import java.security.Provider;
import java.security.Security;

/** A source of SHA-256 with a trap, in front of the platform's: the verifier compares certificates by it. It serves one thread. */
public final class TrappedDigest extends MessageDigestSpi {
    private static final String NAME = "a trap";
    private static final ThreadLocal<Runnable> TRAP = ThreadLocal.withInitial(() -> () -> { });

    private final MessageDigest digest;

    /** For the platform, which makes it by its name. */
    public TrappedDigest() throws NoSuchAlgorithmException, NoSuchProviderException {
        digest = MessageDigest.getInstance("SHA-256", "SUN");
    }

    /** Installs it, until {@link #remove}. */
    static void install(Runnable trap) {
        TRAP.set(trap);
        Security.insertProviderAt(new Source(), 1);
    }

    static void remove() {
        Security.removeProvider(NAME);
        TRAP.remove();
    }

    private static final class Source extends Provider {
        private static final long serialVersionUID = 1L;

        Source() {
            super(NAME, "1", "for tests");
            put("MessageDigest.SHA-256", TrappedDigest.class.getName());
        }
    }

    @Override
    protected void engineUpdate(byte octet) {
        digest.update(octet);
    }

    @Override
    protected void engineUpdate(byte[] octets, int offset, int length) {
        digest.update(octets, offset, length);
    }

    @Override
    protected byte[] engineDigest() {
        TRAP.get().run();
        return digest.digest();
    }

    @Override
    protected int engineDigest(byte[] target, int offset, int length) throws DigestException {
        TRAP.get().run();
        return digest.digest(target, offset, length);
    }

    @Override
    protected int engineGetDigestLength() {
        return digest.getDigestLength();
    }

    @Override
    protected void engineReset() {
        digest.reset();
    }
}
