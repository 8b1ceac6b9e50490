/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */

package org.jamesdane.testing.james;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EmbeddedJamesIT {
    private static final Duration SOON = Duration.ofSeconds(30);

    private final Path directory;

    EmbeddedJamesIT(@TempDir Path directory) {
        this.directory = directory;
    }

    @Test
    void shouldCarryAMailToAnExtensionsMailetAndStop() throws Exception {
        JamesSetup setup = JamesSetup.of(ProbeExtension.configuration(), directory)
            .withOurExtension().withExtension(ProbeExtension.jarIn(directory));
        JamesLog log;
        try (EmbeddedJames james = setup.startEmbedded()) {
            log = james.log();
            james.submit("sender@james.example", List.of("recipient@destination.example"), "Subject: hello\n\nbody\n");

            assertThat(log.await(line -> line.contains("Got a mail from"), SOON)).contains("recipient@destination.example");
        }
        assertThat(log.linesWith("JAMES server stopped")).hasSize(1);
    }

    @Test
    void shouldFailWithTheWordsOfAJamesThatRefusesToStart() throws Exception {
        JamesSetup broken = JamesSetup.of(ProbeExtension.configuration()
            .replacing("mailetcontainer.xml", ProbeExtension.MAILET, "org.jamesdane.probe.Missing"), directory);

        JamesDidNotStart refusal = catchThrowableOfType(JamesDidNotStart.class, broken::startEmbedded);

        assertThat(refusal.exitCode()).isEmpty();
        assertThat(refusal).hasStackTraceContaining("org.jamesdane.probe.Missing");
    }

    @Test
    void shouldKeepJamesOffTheClassPathOfTheTests() {
        assertThatThrownBy(() -> Class.forName("org.apache.james.core.MailAddress")).isInstanceOf(ClassNotFoundException.class);
        assertThatThrownBy(() -> Class.forName("org.apache.mailet.Mail")).isInstanceOf(ClassNotFoundException.class);
    }
}
