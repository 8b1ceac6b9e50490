/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */

package org.jamesdane.testing.james39;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

import org.jamesdane.demo.DemoWorld;
import org.jamesdane.demo.Destination;
import org.jamesdane.testing.james.JamesConfiguration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The jar for James 3.9, with the sample's settings, sends from the mailet container of James 3.9.
 */
class DaneDeliveryIT {
    private static final Duration PATIENCE = Duration.ofSeconds(90);
    private static final String KEEP = """
        <mailet match="All" class="org.jamesdane.testing.james39.Keep">
                <repositoryPath>memory://var/mail/kept</repositoryPath>
              </mailet>""";

    private final Path directory;

    DaneDeliveryIT(@TempDir Path directory) {
        this.directory = directory;
    }

    @Test
    void shouldDeliverUnderDaneAndKeepFromAnImpostorWhatIsNotForIt() throws Exception {
        try (DemoWorld world = new DemoWorld();
                James39 james = James39.start(configuration(world), directory, James39.extensionOfBuild())) {
            james.submit("sender@james.example", List.of(Destination.GOOD.recipient(), Destination.IMPOSTOR.recipient(),
                Destination.BACKUP.recipient()), "Subject: hello\n\nHello.\n");

            await().atMost(PATIENCE).until(() -> hasAudited(james, Destination.GOOD) && hasAudited(james, Destination.IMPOSTOR)
                && hasAudited(james, Destination.BACKUP));
            assertThat(world.messages(Destination.GOOD)).hasSize(1);
            assertThat(world.messages(Destination.BACKUP)).hasSize(1);
            assertThat(world.messages(Destination.IMPOSTOR)).isEmpty();
            assertThat(List.of(Destination.GOOD, Destination.IMPOSTOR, Destination.BACKUP)).noneMatch(world::leaked);
            assertThat(james.sizeOf("memory://var/mail/error/")).isZero();
        }
    }

    @Test
    void shouldSayWhichJarToTakeWhenTheOtherOneIsDroppedIn() throws Exception {
        Path other = Path.of(James39.extensionOfBuild().toString().replace("-james-3.9.jar", "-james-3.8.jar"));
        try (DemoWorld world = new DemoWorld()) {
            assertThatThrownBy(() -> James39.start(configuration(world), directory, other))
                .hasStackTraceContaining("is for James 3.8; for this James take the one whose name ends in -james-3.9.jar");
        }
    }

    private static boolean hasAudited(James39 james, Destination destination) {
        String host = "\"" + destination.lastHost() + "\"";
        String mark = "\"" + destination.expectedMark() + "\"";
        return james.log().linesWith("org.jamesdane.audit").stream().anyMatch(line -> line.contains(host) && line.contains(mark));
    }

    /** The container's own processors, with the sample's settings of the extension: the sample's mailets are not in the registry. */
    private static JamesConfiguration configuration(DemoWorld world) throws Exception {
        JamesConfiguration sample = world.configure(JamesConfiguration.copyOf(Path.of(System.getProperty("james.conf"))),
            "file://conf/dane-trust-anchors");
        return MailetContainerIT.configuration()
            .replacing("mailetcontainer.xml", KEEP, "<mailet match=\"All\" class=\"org.jamesdane.james.DaneRemoteDelivery\"/>")
            .with("extensions.properties", sample.text("extensions.properties"))
            // Its queue is of a class that nobody knows, and keeps its delays.
            .with("dane.properties", sample.text("dane.properties") + "\ndeferral.store=queue\n")
            .with("dane-trust-anchors", sample.text("dane-trust-anchors"))
            .with("authorities.pem", sample.text("authorities.pem"));
    }
}
