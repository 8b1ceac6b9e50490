/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.testing.peers;

import java.io.IOException;
import java.net.Socket;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

/** Waiting for what another process does and does not announce. */
public final class Waiting {
    private static final long INTERVAL_MILLIS = 50;
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private Waiting() {
    }

    /**
     * Waits until something listens there.
     *
     * @param log what the server has said, for the failure's message
     */
    public static void forListener(String address, int port, Supplier<String> log) {
        if (!until(() -> listens(address, port), PATIENCE)) {
            throw new IllegalStateException("Nothing listens at " + address + " port " + port + "; the server says:\n" + log.get());
        }
    }

    private static boolean listens(String address, int port) {
        try (Socket socket = new Socket(address, port)) {
            return socket.isConnected();
        } catch (IOException e) {
            return false;
        }
    }

    /** Waits for a condition, and tells whether it came true in time. */
    public static boolean until(BooleanSupplier condition, Duration atMost) {
        long end = System.nanoTime() + atMost.toNanos();
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() > end) {
                return false;
            }
            try {
                TimeUnit.MILLISECONDS.sleep(INTERVAL_MILLIS);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return false;
            }
        }
        return true;
    }
}
