/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.dns.validating;

import java.security.Provider;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Looks for a provider of signatures that is faster than the JDK's. The computation of signatures decides what is genuine. So only a
 * provider is used whose name is known here and that the operator put on the class path. The provider is not registered, so that nothing
 * else of this process uses it. It is tested, algorithm by algorithm, with signatures whose verdict is known.
 */
final class SignatureProviders {
    /** The class of the Amazon Corretto Crypto Provider (software.amazon.cryptools:AmazonCorrettoCryptoProvider on Maven Central). */
    static final String KNOWN = "com.amazon.corretto.crypto.provider.AmazonCorrettoCryptoProvider";

    private static final Logger LOGGER = LoggerFactory.getLogger(SignatureProviders.class);

    private SignatureProviders() {
    }

    /** Chooses the computation of signatures by this setting, and names it once in the log. */
    static SignatureComputation by(ValidatorConfig.Signatures setting) {
        if (setting == ValidatorConfig.Signatures.JDK) {
            LOGGER.info("Signatures of DNSSEC are computed by the JDK, as is set");
            return SignatureComputation.ofJdk();
        }
        return new SignatureComputation(find(KNOWN));
    }

    /** The provider of this class for each algorithm for which it is there and passes its test. */
    static Map<Integer, Provider> find(String className) {
        Optional<Provider> found = load(className);
        if (found.isEmpty()) {
            return Map.of();
        }
        Provider provider = found.get();
        Map<Integer, Provider> passed = new TreeMap<>();
        Map<Integer, String> failed = new TreeMap<>();
        for (SignatureTestVector vector : SignatureTestVector.ALL) {
            Optional<String> finding = vector.test(provider);
            finding.ifPresentOrElse(why -> failed.put(vector.algorithm(), why), () -> passed.put(vector.algorithm(), provider));
        }
        if (passed.isEmpty()) {
            LOGGER.warn("Signatures of DNSSEC are computed by the JDK, because {} {} failed its test for all algorithms: {}",
                provider.getName(), provider.getVersionStr(), failed);
        } else {
            LOGGER.info("Signatures of the DNSSEC algorithms {} are computed by {} {}, all others by the JDK{}", passed.keySet(),
                provider.getName(), provider.getVersionStr(), failed.isEmpty() ? "" : "; it failed its test for " + failed);
        }
        return passed;
    }

    private static Optional<Provider> load(String className) {
        try {
            Class<?> loaded = Class.forName(className, true, SignatureProviders.class.getClassLoader());
            return Optional.of((Provider) loaded.getDeclaredConstructor().newInstance());
        } catch (ClassNotFoundException e) {
            LOGGER.info("Signatures of DNSSEC are computed by the JDK; the class {}, which is faster, is not on the class path", className);
        } catch (ReflectiveOperationException | RuntimeException | LinkageError e) {
            // Made for another machine, or for another Java: what there is without it does the same.
            LOGGER.warn("Signatures of DNSSEC are computed by the JDK, because {} cannot be used on this machine", className, e);
        }
        return Optional.empty();
    }
}
