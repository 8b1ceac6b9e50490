/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.testing.pki;

import java.security.KeyPair;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** The key pairs of this process, one for each kind and label. */
final class KeyPool {
    private record Slot(KeyKind kind, String label) {
    }

    private static final Map<Slot, KeyPair> KEYS = new ConcurrentHashMap<>();

    private KeyPool() {
    }

    static KeyPair key(KeyKind kind, String label) {
        return KEYS.computeIfAbsent(new Slot(kind, label), slot -> slot.kind().generate());
    }
}
