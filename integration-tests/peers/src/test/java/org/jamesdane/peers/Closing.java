/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.peers;

import java.util.List;

/** Closes things, the last first, all of them even if one fails. */
final class Closing {
    private Closing() {
    }

    static void all(List<? extends AutoCloseable> things) {
        IllegalStateException failure = new IllegalStateException("Something could not be ended");
        for (int i = things.size() - 1; i >= 0; i--) {
            try {
                things.get(i).close();
            } catch (Exception e) {
                failure.addSuppressed(e);
            }
        }
        if (failure.getSuppressed().length > 0) {
            throw failure;
        }
    }
}
