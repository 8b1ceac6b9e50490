/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.dane;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;

/** Reads the tables of conformance cases. A line that begins with a number sign is a remark. */
public final class ConformanceCases {
    private ConformanceCases() {
    }

    /** The lines of a table without remarks. */
    static List<String> lines(String table) {
        try (InputStream in = ConformanceCases.class.getResourceAsStream("conformance/" + table)) {
            if (in == null) {
                throw new IllegalArgumentException("there is no table " + table);
            }
            return new String(in.readAllBytes(), StandardCharsets.UTF_8).lines().filter(line -> !line.startsWith("#")).toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The rows of a table whose cells are divided by bars; empty lines are left out. */
    public static List<List<String>> rows(String table) {
        return lines(table).stream().filter(line -> !line.isBlank())
            .map(line -> List.of(line.split("\\|", -1)).stream().map(String::strip).toList()).toList();
    }

    /** The certificates all tables speak of. */
    public static CertificateZoo certificates() {
        return certificates(CertificateZoo.NOW);
    }

    /** The same certificates, valid around another present. */
    public static CertificateZoo certificates(Instant now) {
        return CertificateZoo.of(lines("certificates.txt").stream().filter(line -> !line.isBlank()).toList(), now);
    }
}
