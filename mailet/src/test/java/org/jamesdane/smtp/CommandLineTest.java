/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.smtp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CommandLineTest {

    @ParameterizedTest
    @ValueSource(strings = {"NOOP\r\nMAIL FROM:<>", "NOOP\n", "NOOP\r", "NOOP\0", "NO\tOP", "NOOP\u007f"})
    void shouldRefuseMoreThanOneLine(String line) {
        assertThatThrownBy(() -> CommandLine.octets(line)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void shouldRefuseALineWithoutBound() {
        assertThatThrownBy(() -> CommandLine.octets("A".repeat(4095))).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void shouldRefuseAParameterThatBreaksTheLine() {
        assertThatThrownBy(() -> PermittedCommand.mail("a@example.org",
            List.of("X=\r\nRSET"))).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void shouldEndTheLineOnce() {
        assertThat(CommandLine.octets("QUIT")).asString().isEqualTo("QUIT\r\n");
    }
}
