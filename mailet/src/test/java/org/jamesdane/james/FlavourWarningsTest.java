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
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Warnings that the configuration of each flavour, and the page for operators, must give. */
class FlavourWarningsTest {
    private static final Path ROOT = Path.of("..").toAbsolutePath().normalize();

    private static String flavour(String name) throws IOException {
        return Files.readString(ROOT.resolve("james-conf/src/main/flavours").resolve(name).resolve("dane.properties"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"memory", "jpa", "cassandra", "distributed", "postgres"})
    void shouldSayThatAnAuditProtectsNobody(String name) throws IOException {
        assertThat(flavour(name)).contains("\npolicy.default=audit\n").contains("It protects nobody");
    }

    @ParameterizedTest
    @ValueSource(strings = {"distributed", "postgres"})
    void shouldShowHowTheDatabaseProvesItsName(String name) throws IOException {
        assertThat(flavour(name)).containsPattern("\n#store\\.url=jdbc:postgresql://\\S+\\?sslmode=verify-full&sslrootcert=/\\S+\n")
            .contains("pose as the database");
    }

    @Test
    void shouldMakeTheDatabaseWithAnOwner() throws IOException {
        assertThat(Files.readString(ROOT.resolve("docs/operating.md"))).contains("CREATE DATABASE dane OWNER dane")
            .contains("PostgreSQL 15");
    }
}
