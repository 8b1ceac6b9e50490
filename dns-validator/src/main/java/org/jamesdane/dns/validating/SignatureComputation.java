/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.dns.validating;

import java.security.GeneralSecurityException;
import java.security.Provider;
import java.security.PublicKey;
import java.security.Signature;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Computes signatures: with a faster provider where there is one for the algorithm, else with the JDK.
 *
 * <p>Only the "yes" of a faster provider counts. The JDK confirms each "no" and each exception of the provider. So the provider changes
 * neither which signatures are refused, nor the reason. A wrong "no" happens with healthy zones too: providers differ in how short a key
 * may be. So a provider that was contradicted is asked again; else the owner of a single zone could switch the provider off.
 */
final class SignatureComputation {
    private static final Logger LOGGER = LoggerFactory.getLogger(SignatureComputation.class);

    private final Map<Integer, Provider> faster;
    private final Set<Integer> contradicted = ConcurrentHashMap.newKeySet();

    /** @param faster by number of the DNSSEC algorithm */
    SignatureComputation(Map<Integer, Provider> faster) {
        this.faster = Map.copyOf(faster);
    }

    /** Computes signatures with the JDK alone. */
    static SignatureComputation ofJdk() {
        return new SignatureComputation(Map.of());
    }

    /**
     * Tests whether the key made the signature over the octets.
     *
     * @param algorithm the number of a supported DNSSEC algorithm
     * @throws GeneralSecurityException if the JDK cannot compute it with this key or these octets
     */
    boolean verifies(int algorithm, PublicKey key, byte[] octets, byte[] signature) throws GeneralSecurityException {
        Provider provider = faster.get(algorithm);
        if (provider != null && saysYes(provider, algorithm, key, octets, signature)) {
            return true;
        }
        boolean word = verifies(DnssecAlgorithms.signature(algorithm), key, octets, signature);
        if (word && provider != null && contradicted.add(algorithm)) {
            LOGGER.info("{} refused a signature of DNSSEC algorithm {} that is good by the JDK, whose word counts; this is said once",
                provider.getName(), algorithm);
        }
        return word;
    }

    /** Asks the provider; an error in its native part is a "no" as well. */
    static boolean saysYes(Provider provider, int algorithm, PublicKey key, byte[] octets, byte[] signature) {
        try {
            return verifies(DnssecAlgorithms.signature(algorithm, provider), key, octets, signature);
        } catch (GeneralSecurityException | RuntimeException | LinkageError e) {
            LOGGER.debug("{} did not compute a signature", provider.getName(), e);
            return false;
        }
    }

    private static boolean verifies(Signature check, PublicKey key, byte[] octets, byte[] signature) throws GeneralSecurityException {
        check.initVerify(key);
        check.update(octets);
        return check.verify(signature);
    }
}
