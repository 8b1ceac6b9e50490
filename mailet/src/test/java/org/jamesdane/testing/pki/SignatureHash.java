/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.testing.pki;

import java.security.spec.MGF1ParameterSpec;
import java.security.spec.PSSParameterSpec;

/** The hash in a certificate's signature. */
public enum SignatureHash {
    /** Broken for signatures since 2017; still met in the field. */
    SHA1,
    /** The default. */
    SHA256,
    /** A stronger one. */
    SHA384;

    /** The parameters of an RSASSA-PSS signature with this hash, in the mask as well, and a salt of its length (RFC 4055 §3.1). */
    PSSParameterSpec pssParameters() {
        return switch (this) {
            case SHA1 -> new PSSParameterSpec("SHA-1", "MGF1", MGF1ParameterSpec.SHA1, 20, 1);
            case SHA256 -> new PSSParameterSpec("SHA-256", "MGF1", MGF1ParameterSpec.SHA256, 32, 1);
            case SHA384 -> new PSSParameterSpec("SHA-384", "MGF1", MGF1ParameterSpec.SHA384, 48, 1);
        };
    }
}
