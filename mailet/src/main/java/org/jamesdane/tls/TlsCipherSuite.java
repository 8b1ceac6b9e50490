/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.tls;

import java.util.Arrays;
import java.util.List;

/**
 * A cipher suite that may be offered, in the order of preference. TLS 1.3 comes first, then forward secrecy with authenticated encryption,
 * then forward secrecy with CBC, then key transport by RSA. Names are those of the IANA registry.
 *
 * <p>NULL, anonymous, export, RC4, 3DES and DSS suites are not here, and so cannot be configured (RFC 9325 §4.1).
 */
public enum TlsCipherSuite {
    TLS_AES_256_GCM_SHA384(0x1302),
    TLS_AES_128_GCM_SHA256(0x1301),
    TLS_CHACHA20_POLY1305_SHA256(0x1303),
    TLS_AES_128_CCM_SHA256(0x1304),
    TLS_AES_128_CCM_8_SHA256(0x1305),
    TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384(0xC02C),
    TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384(0xC030),
    TLS_DHE_RSA_WITH_AES_256_GCM_SHA384(0x009F),
    TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256(0xC02B),
    TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256(0xC02F),
    TLS_DHE_RSA_WITH_AES_128_GCM_SHA256(0x009E),
    TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256(0xCCA9),
    TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256(0xCCA8),
    TLS_DHE_RSA_WITH_CHACHA20_POLY1305_SHA256(0xCCAA),
    TLS_ECDHE_ECDSA_WITH_AES_256_CCM(0xC0AD),
    TLS_DHE_RSA_WITH_AES_256_CCM(0xC09F),
    TLS_ECDHE_ECDSA_WITH_AES_128_CCM(0xC0AC),
    TLS_DHE_RSA_WITH_AES_128_CCM(0xC09E),
    TLS_ECDHE_ECDSA_WITH_AES_256_CCM_8(0xC0AF),
    TLS_DHE_RSA_WITH_AES_256_CCM_8(0xC0A3),
    TLS_ECDHE_ECDSA_WITH_AES_128_CCM_8(0xC0AE),
    TLS_DHE_RSA_WITH_AES_128_CCM_8(0xC0A2),
    TLS_ECDHE_ECDSA_WITH_CAMELLIA_256_GCM_SHA384(0xC087),
    TLS_ECDHE_RSA_WITH_CAMELLIA_256_GCM_SHA384(0xC08B),
    TLS_DHE_RSA_WITH_CAMELLIA_256_GCM_SHA384(0xC07D),
    TLS_ECDHE_ECDSA_WITH_CAMELLIA_128_GCM_SHA256(0xC086),
    TLS_ECDHE_RSA_WITH_CAMELLIA_128_GCM_SHA256(0xC08A),
    TLS_DHE_RSA_WITH_CAMELLIA_128_GCM_SHA256(0xC07C),
    TLS_ECDHE_ECDSA_WITH_AES_256_CBC_SHA384(0xC024),
    TLS_ECDHE_RSA_WITH_AES_256_CBC_SHA384(0xC028),
    TLS_DHE_RSA_WITH_AES_256_CBC_SHA256(0x006B),
    TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA256(0xC023),
    TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA256(0xC027),
    TLS_DHE_RSA_WITH_AES_128_CBC_SHA256(0x0067),
    TLS_ECDHE_ECDSA_WITH_CAMELLIA_256_CBC_SHA384(0xC073),
    TLS_ECDHE_RSA_WITH_CAMELLIA_256_CBC_SHA384(0xC077),
    TLS_DHE_RSA_WITH_CAMELLIA_256_CBC_SHA256(0x00C4),
    TLS_ECDHE_ECDSA_WITH_CAMELLIA_128_CBC_SHA256(0xC072),
    TLS_ECDHE_RSA_WITH_CAMELLIA_128_CBC_SHA256(0xC076),
    TLS_DHE_RSA_WITH_CAMELLIA_128_CBC_SHA256(0x00BE),
    TLS_ECDHE_ECDSA_WITH_AES_256_CBC_SHA(0xC00A),
    TLS_ECDHE_RSA_WITH_AES_256_CBC_SHA(0xC014),
    TLS_DHE_RSA_WITH_AES_256_CBC_SHA(0x0039),
    TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA(0xC009),
    TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA(0xC013),
    TLS_DHE_RSA_WITH_AES_128_CBC_SHA(0x0033),
    TLS_DHE_RSA_WITH_CAMELLIA_256_CBC_SHA(0x0088),
    TLS_DHE_RSA_WITH_CAMELLIA_128_CBC_SHA(0x0045),
    TLS_RSA_WITH_AES_256_GCM_SHA384(0x009D),
    TLS_RSA_WITH_AES_128_GCM_SHA256(0x009C),
    TLS_RSA_WITH_AES_256_CCM(0xC09D),
    TLS_RSA_WITH_AES_128_CCM(0xC09C),
    TLS_RSA_WITH_AES_256_CCM_8(0xC0A1),
    TLS_RSA_WITH_AES_128_CCM_8(0xC0A0),
    TLS_RSA_WITH_CAMELLIA_256_GCM_SHA384(0xC07B),
    TLS_RSA_WITH_CAMELLIA_128_GCM_SHA256(0xC07A),
    TLS_RSA_WITH_AES_256_CBC_SHA256(0x003D),
    TLS_RSA_WITH_AES_128_CBC_SHA256(0x003C),
    TLS_RSA_WITH_CAMELLIA_256_CBC_SHA256(0x00C0),
    TLS_RSA_WITH_CAMELLIA_128_CBC_SHA256(0x00BA),
    TLS_RSA_WITH_AES_256_CBC_SHA(0x0035),
    TLS_RSA_WITH_AES_128_CBC_SHA(0x002F),
    TLS_RSA_WITH_CAMELLIA_256_CBC_SHA(0x0084),
    TLS_RSA_WITH_CAMELLIA_128_CBC_SHA(0x0041);

    private static final String KEY_TRANSPORT = "TLS_RSA_WITH_";

    private final int code;

    TlsCipherSuite(int code) {
        this.code = code;
    }

    /** The suites in which a later theft of the host's key opens no recorded mail (RFC 9325 §4.1, RFC 9325 §6.3). */
    public static List<TlsCipherSuite> forwardSecret() {
        return Arrays.stream(values()).filter(TlsCipherSuite::isForwardSecret).toList();
    }

    /**
     * The suite of that name.
     *
     * @param name a name of the IANA registry, in any case
     * @throws IllegalArgumentException with a sentence that says which names are allowed
     */
    public static TlsCipherSuite named(String name) {
        return Arrays.stream(values()).filter(suite -> suite.name().equalsIgnoreCase(name)).findFirst()
            .orElseThrow(() -> new IllegalArgumentException("\"" + name + "\" is no cipher suite that can be offered; allowed are IANA "
                + "names of suites with AES or Camellia or ChaCha20, for example " + TLS_AES_256_GCM_SHA384 + " or "
                + TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384));
    }

    /** The number in the registry. */
    int code() {
        return code;
    }

    /** False for key transport by RSA, where the host's key decrypts what was recorded before. */
    public boolean isForwardSecret() {
        return !name().startsWith(KEY_TRANSPORT);
    }

    /** True for the suites of TLS 1.3, which name no key exchange. */
    public boolean isForTls13() {
        return !name().contains("_WITH_");
    }
}
