/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.tls;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/** A group for the key exchange that may be offered, in the order of preference. Names are those of the IANA registry. */
public enum TlsGroup {
    /** ML-KEM-768 beside X25519: a recorded handshake stays secret if either of them holds. */
    X25519MLKEM768(0x11EC),
    X25519(29),
    SECP256R1(23),
    X448(30),
    SECP384R1(24),
    SECP521R1(25),
    FFDHE2048(256),
    FFDHE3072(257),
    FFDHE4096(258),
    FFDHE6144(259),
    FFDHE8192(260);

    private final int code;

    TlsGroup(int code) {
        this.code = code;
    }

    /**
     * The group of that name.
     *
     * @param name a name of the IANA registry, in any case
     * @throws IllegalArgumentException with a sentence that says which names are allowed
     */
    public static TlsGroup named(String name) {
        return Arrays.stream(values()).filter(group -> group.name().equalsIgnoreCase(name)).findFirst()
            .orElseThrow(() -> new IllegalArgumentException("\"" + name + "\" is no group that can be offered; allowed: "
                + Arrays.stream(values()).map(TlsGroup::toString).collect(Collectors.joining(", "))));
    }

    /** The name of a group by its number, or the number itself. */
    static String shown(int code) {
        return Arrays.stream(values()).filter(group -> group.code == code).map(TlsGroup::toString).findFirst()
            .orElseGet(() -> "group " + code);
    }

    /** All groups. */
    public static List<TlsGroup> all() {
        return List.of(values());
    }

    /** The number in the registry. */
    int code() {
        return code;
    }

    /** The name in the registry. */
    @Override
    public String toString() {
        return this == X25519MLKEM768 ? name() : name().toLowerCase(Locale.ROOT);
    }
}
