/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */

package org.jamesdane.testing.james39;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;

import org.jamesdane.testing.james.JamesConfiguration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MailetContainerIT {
    private final Path directory;

    MailetContainerIT(@TempDir Path directory) {
        this.directory = directory;
    }

    @Test
    void shouldCarryAMailFromTheSpoolThroughItsProcessors() throws Exception {
        try (James39 james = James39.start(configuration(), directory, James39.extensionOfBuild())) {
            james.submit("sender@james.example", List.of("recipient@destination.example"), "Subject: hello\n\nbody\n");

            await().until(() -> james.sizeOf("memory://var/mail/kept") == 1);
            assertThat(james.sizeOf("memory://var/mail/error/")).isZero();
        }
    }

    static JamesConfiguration configuration() throws Exception {
        URI conf = Objects.requireNonNull(MailetContainerIT.class.getResource("/conf")).toURI();
        return JamesConfiguration.copyOf(Path.of(conf));
    }
}
