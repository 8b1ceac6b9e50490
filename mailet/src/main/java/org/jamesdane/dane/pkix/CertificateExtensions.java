/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.dane.pkix;

import java.security.cert.CertificateParsingException;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * The extensions of a certificate, from the octets that were signed (RFC 5280 §4.2). All extensions with a meaning here have a number under
 * id-ce (2.5.29).
 */
final class CertificateExtensions {
    static final int KEY_USAGE = 15;
    static final int SUBJECT_ALTERNATIVE_NAME = 17;
    static final int BASIC_CONSTRAINTS = 19;
    static final int NAME_CONSTRAINTS = 30;
    static final int EXTENDED_KEY_USAGE = 37;

    /** Any extension that is not under id-ce. */
    private static final int OTHER = -1;

    /**
     * Extension of a certificate.
     *
     * @param number that under id-ce, or {@link #OTHER}
     */
    private record Extension(Der identifier, int number, boolean critical, Der value) {
    }

    private final List<Extension> all;

    private CertificateExtensions(List<Extension> all) {
        this.all = all;
    }

    /** Reads the extensions of a certificate. */
    static CertificateExtensions of(X509Certificate certificate) throws CertificateParsingException {
        Optional<Der> sequence = CertificateBytes.extensions(certificate);
        List<Extension> all = new ArrayList<>();
        if (sequence.isPresent()) {
            for (Der each : sequence.get().expect(Der.SEQUENCE).children()) {
                all.add(extension(each.expect(Der.SEQUENCE).children()));
            }
        }
        return new CertificateExtensions(all);
    }

    private static Extension extension(List<Der> fields) throws CertificateParsingException {
        if (fields.size() != 2 && fields.size() != 3) {
            throw new CertificateParsingException("an extension of " + fields.size() + " fields");
        }
        // RFC 5280 §4.1: extnID, critical DEFAULT FALSE, extnValue.
        boolean critical = fields.size() == 3 && fields.get(1).expect(Der.BOOLEAN).content()[0] != 0;
        return new Extension(fields.get(0), number(fields.get(0).content()), critical,
            fields.get(fields.size() - 1).expect(Der.OCTET_STRING));
    }

    private static int number(byte[] identifier) {
        return identifier.length == 3 && identifier[0] == 0x55 && identifier[1] == 0x1d ? identifier[2] : OTHER;
    }

    /** Tests whether the certificate has the extension of that number. */
    boolean has(int number) {
        return all.stream().anyMatch(each -> each.number() == number);
    }

    /** The element that is the value of the extension of that number. */
    Optional<Der> value(int number) throws CertificateParsingException {
        for (Extension each : all) {
            if (each.number() == number) {
                return Optional.of(Der.of(each.value().content()));
            }
        }
        return Optional.empty();
    }

    /** The identifier of the first critical extension that is none of these; for people, {@code 1.2.840.113549} for example. */
    Optional<String> criticalBeside(Set<Integer> known) {
        return all.stream().filter(each -> each.critical() && !known.contains(each.number()))
            .map(each -> each.identifier().identifierText()).findFirst();
    }
}
