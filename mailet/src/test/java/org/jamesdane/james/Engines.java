/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.james;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.Map;

/** Engines without a James, for tests. */
final class Engines {
    private Engines() {
    }

    /** An engine that keeps everything below one directory and reaches no resolver. */
    static DaneEngine in(Path directory, Map<String, String> settings) {
        return new DaneEngine(DaneProperties.parse(settings, new DaneProperties.Surroundings() {
            @Override
            public List<InetSocketAddress> resolvers() {
                return List.of(new InetSocketAddress(InetAddress.getLoopbackAddress(), 1));
            }

            @Override
            public Path file(String key, String location) {
                return directory;
            }

            @Override
            public Path directory(String key, String location) {
                return directory.resolve(location.replaceAll("[^a-z]+", "-"));
            }
        }), Clock.systemUTC());
    }
}
