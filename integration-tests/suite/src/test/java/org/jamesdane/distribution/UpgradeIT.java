/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.distribution;

import static java.util.Objects.requireNonNull;
import static org.awaitility.Awaitility.await;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.function.Predicate;

import org.jamesdane.demo.DemoWorld;
import org.jamesdane.demo.Destination;
import org.jamesdane.testing.james.James;
import org.jamesdane.testing.james.JamesConfiguration;
import org.jamesdane.testing.james.JamesSetup;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The configuration that earlier versions came with, which nobody has touched since: {@code upgrade/<version>} has it as it was. */
class UpgradeIT {
    private static final Duration PATIENCE = Duration.ofSeconds(90);

    private final Path directory;

    UpgradeIT(@TempDir Path directory) {
        this.directory = directory;
    }

    @ParameterizedTest
    @ValueSource(strings = "0.1.0")
    void shouldDeliverWithTheConfigurationOfAnEarlierVersion(String version) throws Exception {
        JamesConfiguration earlier = JamesConfiguration.copyOf(
            Path.of(requireNonNull(UpgradeIT.class.getResource("/upgrade/" + version)).toURI()));
        try (DemoWorld world = new DemoWorld()) {
            // Every setting that had a default is written out, as people do who want to see what applies.
            JamesConfiguration written = world.configure(earlier, "file://conf/dane-trust-anchors")
                .edited("dane.properties", text -> text.replaceAll("(?m)^#([a-z.-]+=.+)$", "$1"));
            try (James james = JamesSetup.of(written, directory).withOurExtension().startEmbedded()) {
                james.submit("sender@james.example", List.of(Destination.GOOD.recipient()), "Subject: hello\n\nHello.\n");
                james.submit("sender@james.example", List.of(Destination.IMPOSTOR.recipient()), "Subject: hello\n\nHello.\n");

                await().atMost(PATIENCE).until(() -> world.messages(Destination.GOOD).size() == 1);
                Predicate<String> deferred = line -> line.contains(Destination.IMPOSTOR.recipient() + " is deferred");
                james.log().await(deferred, PATIENCE);
            }
        }
    }
}
