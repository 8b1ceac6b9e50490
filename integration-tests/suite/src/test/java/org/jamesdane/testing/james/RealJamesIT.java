/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */

package org.jamesdane.testing.james;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.OptionalInt;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RealJamesIT {
    private static final Duration SOON = Duration.ofSeconds(30);
    private static final String MESSAGE = """
        From: sender@james.example
        To: recipient@destination.example
        Subject: hello

        .A line that begins with a period
        """;

    private final Path directory;

    RealJamesIT(@TempDir Path directory) {
        this.directory = directory;
    }

    @Test
    void shouldCarryAMailToAnExtensionsMailetAndStopWhenAsked() throws Exception {
        try (RealJames james = setup().startProcess()) {
            james.submit("sender@james.example", List.of("recipient@destination.example"), MESSAGE);

            assertThat(james.log().await(line -> line.contains("Got a mail from"), SOON))
                .contains("sender@james.example", "recipient@destination.example");
            assertThat(james.webadmin().get("/healthcheck").statusCode()).isEqualTo(200);
            assertThat(james.stop()).isEqualTo(143);
            assertThat(james.log().linesWith("JAMES server stopped")).hasSize(1);
        }
    }

    @Test
    void shouldStartAgainOnTheSamePortsAfterItWasKilled() throws Exception {
        try (RealJames killed = setup().startProcess()) {
            killed.kill();
            assertThat(ProcessHandle.of(killed.pid()).filter(ProcessHandle::isAlive)).isEmpty();
            assertThatThrownBy(() -> killed.submit("", List.of("recipient@destination.example"), MESSAGE))
                .isInstanceOf(UncheckedIOException.class);

            try (RealJames again = killed.restart()) {
                assertThat(again.smtp()).isEqualTo(killed.smtp());
                again.submit("", List.of("recipient@destination.example"), MESSAGE);
                again.log().await(line -> line.contains("Got a mail from"), SOON);
            }
        }
    }

    @Test
    void shouldLoadTheExtensionsCopyOfDnsjavaBesideJamesOwn() throws Exception {
        try (RealJames james = setup().withJvmOptions(RealJames.RECORD_LOADED_CLASSES).startProcess()) {
            james.submit("sender@james.example", List.of("recipient@destination.example"), MESSAGE);
            james.log().await(line -> line.contains("Got a mail from"), SOON);

            DnsLibraries.assertExtensionsCopyBesideJamesOwn(james.loadedClasses());
        }
    }

    @Test
    void shouldTellWhyJamesRefusesToStart() throws Exception {
        JamesSetup broken = JamesSetup.of(ProbeExtension.configuration()
            .replacing("mailetcontainer.xml", ProbeExtension.MAILET, "org.jamesdane.probe.Missing"), directory);

        JamesDidNotStart refusal = catchThrowableOfType(JamesDidNotStart.class, broken::startProcess);

        assertThat(refusal.exitCode()).isEqualTo(OptionalInt.of(1));
        assertThat(refusal).hasMessageContaining("org.jamesdane.probe.Missing");
    }

    @Test
    void shouldReportTheServersReplyWhenItRefusesASubmission() throws Exception {
        JamesConfiguration closed = ProbeExtension.configuration().replacing("smtpserver.xml", "127.0.0.0/8", "192.0.2.1/32");
        try (RealJames james = new JamesSetup(JamesInstallation.ofBuild(), closed, List.of(ProbeExtension.jarIn(directory)),
                directory, List.of(), Duration.ofMinutes(2), JamesInstallation.Server.IN_MEMORY).startProcess()) {
            assertThatThrownBy(() -> james.submit("sender@james.example", List.of("recipient@destination.example"), MESSAGE))
                .isInstanceOf(IllegalStateException.class).hasMessageContaining("RCPT TO:<recipient@destination.example> with: 5");
        }
    }

    private JamesSetup setup() throws Exception {
        return JamesSetup.of(ProbeExtension.configuration(), directory)
            .withOurExtension().withExtension(ProbeExtension.jarIn(directory));
    }
}
