/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.dns.validating;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.Provider;
import java.security.PublicKey;
import java.security.spec.X509EncodedKeySpec;
import java.util.Base64;
import java.util.List;
import java.util.Optional;

import org.xbill.DNS.DNSSEC;

/**
 * A signature that is known to be good, made with OpenSSL by a key that was thrown away.
 *
 * @param algorithm the number of the DNSSEC algorithm
 * @param key the public key (SubjectPublicKeyInfo) in Base64
 * @param signature the signature over {@link #SIGNED} in Base64
 */
record SignatureTestVector(int algorithm, String key, String signature) {
    /** Signed octets. */
    static final byte[] SIGNED = "DNSSEC".getBytes(StandardCharsets.US_ASCII);

    private static final String RSA_2048 =
        "MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEAsb5ceI9yBThc90rZOtNQUkAXaQsOxjItBbR903+WGGmQCnwivAZbj31RXRSIibTVJC"
        + "xOm34Mec6SPFUBLwB251tEdCCwXkeToIUANQK4WRp4Nzx4YFWeS/sub+1s04Ov+pDoO8ascZtYv0+pW8H71bqhXlJDg4ue6FtIvLJZjghLmc8d"
        + "uiXgmGaAopnoQxmZVcUOFoNn3lgXEy77zIyW+1iPGYur6BdxGaFHT2L9Jxu+pBAQfhmbNyf617GxvEqqLfL0b90rkWTfP+231XTVVGMCkRDy5q"
        + "OztZJP8M9N/JJNpSMs6cV/zRQ7K3taYxDtvwxpRDSqs/7PChHYCyllxQIDAQAB";

    /** Vectors of the algorithms that are worth it: SHA-1 is no longer recommended (RFC 8624 §3.1), and Ed448 is hardly used. */
    static final List<SignatureTestVector> ALL = List.of(
        new SignatureTestVector(DNSSEC.Algorithm.RSASHA256, RSA_2048,
            "P7qtnDsw2E/Bb4oTXYVBbZ2NMLMfHrlJJHmOQpQbxlHBNRGBvU0Cqi0XP2znqKKDxp8ERAvtOt17cXqMhNiJWjSHyD8x0dAK7tFyHXcaXU7uvQ"
            + "V87a21O5d0LekoGgVEHi9sMU2AAu4b7lhoDR+MgwxqfV+DM9DwnMIkJ3kPsVeviHqg7C7Mot8KHnKhZiVoKOXReyrMNETj3FfSqvSv1QZMsphX"
            + "TudVsy8PGZG9/lEaTLY0IcbQAJe7lGFf5zyuQnRFoqPTT/+XR2X/hTa5ucHqCUda09UUPYuVmsQLGErSt+wq/ojyHoicWSZ7EDiWDLtR1wUA7A"
            + "TYpJo+YtCFTw=="),
        new SignatureTestVector(DNSSEC.Algorithm.RSASHA512, RSA_2048,
            "TmTee86lz7/XDZo3NL5h2bn9N7gbiIrNFG7ppUV7G9ynburFAWYuvHH2kNeQnGTM7M/AUWcXi5nEWETFFrZTcfILKPcVViOhfsgxLyTKROJgxx"
            + "CoyKA0vy+VhXQUhg4nt7cMpVoBNTC8y9ZSpy3ejgMQDTKMqBwIb4x3RvySwtR4bPJPBkiqEKb6u9wC3c1dT3T3HkjQlarfRdYwYeYJIJFA8pLy"
            + "uIX3m8bX8jKcJO1ejF2iqTbMYQ8weogQ6wYQCmdbofh9LYdtCbgQE4ycYFPR77XOtTybK6vIY0ISPzWk5eDWxAshFpGkfv3cXx2QCRsYVkl1Sf"
            + "+qHmAIrp5rXQ=="),
        new SignatureTestVector(DNSSEC.Algorithm.ECDSAP256SHA256,
            "MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEJXuvqewoPNDZNspPZxgkhdjJGMN+nlOUN433D8CAScCkd9Dso4OF1N6LNNQVjwCm8Qu2CqgxnZ"
            + "2YPyZhzkbhvg==",
            "HBnLR5chbA6vppzkDbgu9MCva3bcOJoEBcmkdv9NGG6qUEPpHiYhBMZ1jVnQR9zCjTEnfYNieaS+YotGe15jcQ=="),
        new SignatureTestVector(DNSSEC.Algorithm.ECDSAP384SHA384,
            "MHYwEAYHKoZIzj0CAQYFK4EEACIDYgAET7i6osJG3KF0YkRK345LNJH8iNIzO7sxL2sNNFFmEtySJp+2fLv3P5aSK1no9xvWLhrsW4Omv3xfWG"
            + "RFBu0bGOVUg3zIipFUBb5qI96Pjqeumc3Vkp9yGxb+Z6ZtYB2O",
            "nM8Q3pAoVp2XNCEHnhiSRuUJ6qU46vG4rDbcHdArWOEARKWkxMNXkKifEzUE2VhBIKn+MXniWm8v7mgXmWeVc+p4zagjYaAY7lQh7zgRcop13z"
            + "YpcT+jt/4oL4iha5bY"),
        new SignatureTestVector(DNSSEC.Algorithm.ED25519,
            "MCowBQYDK2VwAyEAjAtfQDqKmK8GYO1d1Uzit8F5MHRbFkvwGSA93ASgxxs=",
            "GE+3h+T226j1wE+Owrk2j8r4u5AgECrkxS4iAqwV9YAHd/DqxJoDeSRw+8cOfF4OFj3EqEGvuLYg//k44cVRCQ=="));

    /**
     * Tests whether a provider takes the signature for good. With a bit changed in any octet of the signature or of the signed octets, the
     * provider has to take it for bad.
     *
     * @return what it does wrong; empty if nothing
     */
    Optional<String> test(Provider provider) {
        byte[] good = Base64.getDecoder().decode(signature);
        PublicKey publicKey;
        try {
            publicKey = KeyFactory.getInstance(DnssecAlgorithms.keyName(algorithm)).generatePublic(
                new X509EncodedKeySpec(Base64.getDecoder().decode(key)));
        } catch (GeneralSecurityException e) {
            return Optional.of("the JDK has no such keys");
        }
        if (!SignatureComputation.saysYes(provider, algorithm, publicKey, SIGNED, good)) {
            return Optional.of("it does not verify a good signature");
        }
        for (int i = 0; i < good.length; i++) {
            if (SignatureComputation.saysYes(provider, algorithm, publicKey, SIGNED, flipped(good, i))) {
                return Optional.of("it takes a wrong signature for good");
            }
        }
        for (int i = 0; i < SIGNED.length; i++) {
            if (SignatureComputation.saysYes(provider, algorithm, publicKey, flipped(SIGNED, i), good)) {
                return Optional.of("it takes a signature over something else for good");
            }
        }
        if (SignatureComputation.saysYes(provider, algorithm, publicKey, SIGNED, new byte[good.length])) {
            // CVE-2022-21449.
            return Optional.of("it takes zeros for a signature");
        }
        return Optional.empty();
    }

    /** A copy with one bit of one octet changed, another one of each octet. */
    private static byte[] flipped(byte[] octets, int index) {
        byte[] changed = octets.clone();
        changed[index] ^= (byte) (1 << (index % Byte.SIZE));
        return changed;
    }
}
