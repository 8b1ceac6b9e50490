/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;

import org.jamesdane.testing.dns.SignedWorld;
import org.jamesdane.testing.james.JamesInstallation;
import org.jamesdane.testing.peers.RunDirectory;

/** James with our mailet, signed domains, and a process that takes their mail. */
final class DaneServer implements AutoCloseable {
    private static final int SMTP_PORT = 25;
    private static final int POLL_MILLIS = 10;

    private final Path directory;
    private final Zones zones;
    private final SinkProcess sink;
    private final JamesSubject james;

    /**
     * Starts all.
     *
     * @param roundTrip what the process that takes the mail adds before each reply
     * @param properties settings of dane.properties
     * @param more what else is in the DNS
     * @param options for James's JVM
     */
    DaneServer(int domains, Duration roundTrip, Map<String, String> properties, Consumer<SignedWorld> more, String... options)
            throws IOException, GeneralSecurityException {
        directory = Files.createTempDirectory("dane-bench-");
        zones = new Zones(domains, SMTP_PORT, more);
        Path keyStore = directory.resolve("mx.p12");
        zones.writeKeyStore(keyStore);
        sink = new SinkProcess(keyStore, domains, SMTP_PORT, roundTrip);
        james = JamesSubject.start("dane", Zones.with(zones.configuration(), properties), List.of(JamesInstallation.extensionOfBuild()),
            Files.createDirectories(directory.resolve("james")), options);
    }

    JamesSubject james() {
        return james;
    }

    SinkProcess sink() {
        return sink;
    }

    Zones zones() {
        return zones;
    }

    /** Waits for it, and gives up after a time. */
    static void await(Duration limit, BooleanSupplier condition, String otherwise) {
        long end = System.nanoTime() + limit.toNanos();
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() > end) {
                throw new IllegalStateException("Within " + limit.toSeconds() + " s " + otherwise);
            }
            pause(Duration.ofMillis(POLL_MILLIS));
        }
    }

    static void pause(Duration time) {
        try {
            Thread.sleep(time.toMillis());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted", e);
        }
    }

    @Override
    public void close() {
        james.close();
        sink.close();
        zones.close();
        if (!Boolean.getBoolean("bench.keep")) {
            RunDirectory.delete(directory);
        }
    }
}
