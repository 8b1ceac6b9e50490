/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */

package org.jamesdane.demo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

import org.jamesdane.testing.james.DnsLibraries;
import org.jamesdane.testing.james.James;
import org.jamesdane.testing.james.JamesConfiguration;
import org.jamesdane.testing.james.JamesDidNotStart;
import org.jamesdane.testing.james.JamesInstallation;
import org.jamesdane.testing.james.JamesSetup;
import org.jamesdane.testing.james.RealJames;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The packaged extension with the sample configuration, in both kinds of a real James.
 */
class DestinationsIT {
    private static final Duration PATIENCE = Duration.ofSeconds(90);

    private final Path directory;

    DestinationsIT(@TempDir Path directory) {
        this.directory = directory;
    }

    @Test
    void shouldBringEachMailWhereItBelongsFromAnInstalledJames() {
        try (DemoWorld world = new DemoWorld();
                RealJames james = setup(world).withJvmOptions(RealJames.RECORD_LOADED_CLASSES).startProcess()) {
            assertEachMailArrivesWhereItBelongs(world, james);

            DnsLibraries.assertExtensionsCopyBesideJamesOwn(james.loadedClasses());
        }
    }

    @Test
    void shouldBringEachMailWhereItBelongsFromAJamesInThisJvm() {
        try (DemoWorld world = new DemoWorld(); James james = setup(world).startEmbedded()) {
            assertEachMailArrivesWhereItBelongs(world, james);
        }
    }

    @Test
    void shouldSayWhichJarToTakeWhenTheOtherOneIsDroppedIn() {
        JamesConfiguration sample = JamesConfiguration.copyOf(Path.of(System.getProperty("james.conf")));
        Path other = Path.of(JamesInstallation.extensionOfBuild().toString().replace("-james-3.8.jar", "-james-3.9.jar"));

        assertThatThrownBy(() -> JamesSetup.of(sample, directory).withExtension(other).startProcess())
            .isInstanceOf(JamesDidNotStart.class)
            .hasMessageContaining("is for James 3.9 and newer; for this James take the one whose name ends in -james-3.8.jar");
    }

    private JamesSetup setup(DemoWorld world) {
        JamesConfiguration sample = JamesConfiguration.copyOf(Path.of(System.getProperty("james.conf")));
        return JamesSetup.of(world.configure(sample, "file://conf/dane-trust-anchors"), directory).withOurExtension();
    }

    private static void assertEachMailArrivesWhereItBelongs(DemoWorld world, James james) {
        for (Destination destination : Destination.values()) {
            james.submit("sender@james.example", List.of(destination.recipient()), "Subject: hello\n\nHello.\n");
        }
        Observation observation = new Observation(world, james);
        await().atMost(PATIENCE).until(() -> observation.results().stream().allMatch(Observation.Result::settled));

        assertThat(observation.results()).hasSameSizeAs(Destination.values()).allMatch(Observation.Result::right);
    }
}
