/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.webadmin;

import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;

import org.jamesdane.dane.policy.Policy;
import org.jamesdane.store.OperatorSettings;
import org.jamesdane.store.Stores;

/** Settings in files of a directory, with a clock that stands still until it is moved. */
final class SettingsFixture implements InstantSource, AutoCloseable {
    static final Instant START = Instant.parse("2026-11-23T12:00:00Z");

    private final Stores stores;
    private volatile Instant now = START;

    SettingsFixture(Path directory) {
        stores = new Stores(new Stores.Location(directory, Optional.empty()), Policy.DANE, this, "test");
        stores.start();
    }

    OperatorSettings settings() {
        return stores.settings();
    }

    Stores stores() {
        return stores;
    }

    @Override
    public Instant instant() {
        return now;
    }

    void forward(Duration time) {
        now = now.plus(time);
    }

    @Override
    public void close() {
        stores.close();
    }
}
