/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.https;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.Certificate;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;

/** Files of certificates that an operator names, in PEM one after the other, or one in DER. */
public final class CertificateFile {
    /** Octets of a file at most, 1 MiB. The public CAs of a platform take a quarter of that. */
    static final int MAX_OCTETS = 1 << 20;

    private CertificateFile() {
    }

    /**
     * Reads the certificates of a file, in their order.
     *
     * @throws IOException with one clause about the file, if there is none to be read
     */
    public static List<X509Certificate> read(Path file) throws IOException {
        if (!Files.isRegularFile(file) || Files.size(file) > MAX_OCTETS) {
            throw new IOException("it is no file of at most 1 MiB");
        }
        List<X509Certificate> certificates = new ArrayList<>();
        try (InputStream stream = Files.newInputStream(file)) {
            for (Certificate each : CertificateFactory.getInstance("X.509").generateCertificates(stream)) {
                certificates.add((X509Certificate) each);
            }
        } catch (CertificateException e) {
            throw new IOException("it is no file of certificates", e);
        }
        if (certificates.isEmpty()) {
            throw new IOException("it has no certificate in it");
        }
        return certificates;
    }
}
