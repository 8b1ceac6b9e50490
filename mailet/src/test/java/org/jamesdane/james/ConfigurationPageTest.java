/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.james;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

import org.junit.jupiter.api.Test;

class ConfigurationPageTest {
    private static final Path SAMPLE = Path.of("../james-conf/src/main/conf/dane.properties");
    private static final Path PAGE = Path.of("../docs/configuration.md");
    private static final Path MADE = Path.of("target/configuration.md");

    @Test
    void shouldSayInThePageWhatTheSampleSays() throws IOException {
        String made = ConfigurationPage.of(Files.readString(SAMPLE));
        Files.createDirectories(MADE.toAbsolutePath().getParent());
        Files.writeString(MADE, made);

        assertThat(Files.readString(PAGE)).as("docs/configuration.md is made from dane.properties: cp mailet/%s docs/", MADE)
            .isEqualTo(made);
    }

    @Test
    void shouldMakeASettingATableAndALinkOfAComment() {
        assertThat(ConfigurationPage.of("""
            # The sample's own words.

            # ---- SMTP (see below) -------

            # The port <n>, unlike smtp.tls=false, by docs/operating.md:
            #   25   for MX hosts
            #   465  for TLS
            #smtp.port=25

            # Two.
            #smtp.tls=
            #smtp.nul=refuse
            """)).doesNotContain("own words").endsWith("""

            ## SMTP

            **`smtp.port`, default `25`**\\
            The port \\<n\\>, unlike `smtp.tls=false`, by [operating.md](operating.md):

            | value | meaning |
            |---|---|
            | `25` | for MX hosts |
            | `465` | for TLS |

            **`smtp.tls`, default none**\\
            **`smtp.nul`, default `refuse`**\\
            Two.
            """);
    }
}
