/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.dane;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.CertificateEncodingException;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Objects;

import org.jamesdane.testing.pki.Authority;
import org.jamesdane.testing.pki.Credential;
import org.jamesdane.testing.pki.KeyKind;
import org.jamesdane.testing.pki.TestPki;

/**
 * A chain of certificates that is the same in every run: the leaf of mx.example, its issuer with name constraints, the root, and a
 * stranger. {@code main} makes it anew, into the file that is its argument.
 */
public final class RecordedChain {
    public static final Instant NOW = Instant.parse("2026-11-01T12:00:00Z");
    private static final String RESOURCE = "recorded-chain.txt";

    private RecordedChain() {
    }

    /** The octets of each certificate, the leaf first. */
    public static List<byte[]> load() {
        try (InputStream in = Objects.requireNonNull(RecordedChain.class.getResourceAsStream(RESOURCE))) {
            return new String(in.readAllBytes(), StandardCharsets.US_ASCII).lines().map(HexFormat.of()::parseHex).toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public static void main(String[] arguments) throws IOException, CertificateEncodingException {
        Authority root = TestPki.authority("Recorded root").at(NOW);
        Authority issuer = root.intermediate("Recorded issuer").permittedName("example").excludedName("bad.example");
        Credential leaf = issuer.leaf("mx.example").dnsNames("mx.example", "*.mail.example").key(KeyKind.RSA_2048).issue();
        List<String> lines = new ArrayList<>();
        for (X509Certificate each : List.of(leaf.certificate(), issuer.certificate(), root.certificate(),
            TestPki.authority("Recorded stranger").at(NOW).certificate())) {
            lines.add(HexFormat.of().formatHex(each.getEncoded()));
        }
        Files.write(Path.of(arguments[0]), lines, StandardCharsets.US_ASCII);
    }
}
