/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.dane.pkix;

import java.nio.charset.StandardCharsets;
import java.security.cert.CertificateParsingException;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;

import org.jamesdane.dns.DomainName;
import org.jamesdane.text.PrintableText;

/**
 * Names of a certificate, as far as they count for SMTP. One of these names has to be a reference identifier (RFC 7672 §1.1), matched as
 * RFC 7672 §3.2.3 says, which narrows RFC 6125 §6.4.
 */
public final class PresentedIdentifiers {
    private static final String NONE = "no domain name";
    /** dNSName in the GeneralName choice (RFC 5280 §4.2.1.6). */
    private static final int DNS_NAME = Der.CONTEXT_PRIMITIVE | 2;
    /** The content octets of id-at-commonName, 2.5.4.3. */
    private static final byte[] COMMON_NAME = {0x55, 0x04, 0x03};
    /** The content octets of id-emailAddress, 1.2.840.113549.1.9.1. */
    static final byte[] EMAIL_ADDRESS = {0x2a, (byte) 0x86, 0x48, (byte) 0x86, (byte) 0xf7, 0x0d, 0x01, 0x09, 0x01};
    /** Names shown in a message. */
    private static final int SHOWN = 5;
    /** Labels of letters, digits, hyphens and underscores; the left-most may be an asterisk alone, with a name behind it. */
    private static final Pattern HOST_NAME = Pattern.compile("(\\*\\.)?[A-Za-z0-9_-]{1,63}(\\.[A-Za-z0-9_-]{1,63})*");

    private final List<String> names;

    private PresentedIdentifiers(List<String> names) {
        this.names = names;
    }

    /** The names of a certificate; none if its names cannot be read. */
    public static PresentedIdentifiers of(X509Certificate certificate) {
        try {
            List<String> dnsIds = dnsIds(certificate);
            // RFC 7672 §3.2.3: the CN-ID is only considered when no DNS-IDs are present.
            return new PresentedIdentifiers(dnsIds.isEmpty() ? commonName(certificate).stream().toList() : dnsIds);
        } catch (CertificateParsingException e) {
            // Alternative names that are there and cannot be read may be DNS-IDs: the common name does not step in.
            return new PresentedIdentifiers(List.of());
        }
    }

    /**
     * The DNS-IDs of a certificate alone, whatever its common name is: a certificate that MTA-STS accepts has its name there (RFC 8461
     * §4.2). None if its names cannot be read.
     */
    public static PresentedIdentifiers ofDnsIds(X509Certificate certificate) {
        try {
            return new PresentedIdentifiers(dnsIds(certificate));
        } catch (CertificateParsingException e) {
            return new PresentedIdentifiers(List.of());
        }
    }

    private static List<String> dnsIds(X509Certificate certificate) throws CertificateParsingException {
        Optional<Der> extension = CertificateExtensions.of(certificate).value(CertificateExtensions.SUBJECT_ALTERNATIVE_NAME);
        return extension.isPresent() ? dnsIds(extension.get()) : List.of();
    }

    /** The names as they are written in the certificate, those that can match and others. */
    List<String> names() {
        return names;
    }

    /** Tests whether one of the names is, or covers, the reference identifier. */
    public boolean match(DomainName reference) {
        return names.stream().anyMatch(name -> matches(name, reference));
    }

    /** Every DNS-ID, matching or not: its mere presence rules the common name out. */
    private static List<String> dnsIds(Der extension) throws CertificateParsingException {
        List<String> dnsIds = new ArrayList<>();
        for (Der name : extension.expect(Der.SEQUENCE).children()) {
            if (name.tag() == DNS_NAME) {
                dnsIds.add(new String(name.content(), StandardCharsets.ISO_8859_1));
            }
        }
        return dnsIds;
    }

    /** The most specific common name, which is the last one (RFC 6125 §6.4.4: one name, the CN-ID). */
    private static Optional<String> commonName(X509Certificate certificate) throws CertificateParsingException {
        List<Der> all = values(CertificateBytes.subject(certificate), COMMON_NAME);
        return all.isEmpty() ? Optional.empty() : Optional.of(text(all.get(all.size() - 1)));
    }

    /** The values of an attribute in a directory name, as they are encoded. */
    static List<Der> values(List<Der> rdns, byte[] type) throws CertificateParsingException {
        List<Der> values = new ArrayList<>();
        for (Der rdn : rdns) {
            for (Der attribute : rdn.expect(Der.SET).children()) {
                if (Arrays.equals(attribute.child(0).content(), type)) {
                    values.add(attribute.child(1));
                }
            }
        }
        return values;
    }

    /** The text of a common name; what is not in one of the three encodings that are ASCII for ASCII text never matches. */
    private static String text(Der value) {
        return switch (value.tag()) {
            case Der.UTF8_STRING, Der.PRINTABLE_STRING, Der.IA5_STRING -> new String(value.content(), StandardCharsets.ISO_8859_1);
            default -> "";
        };
    }

    private static boolean matches(String presented, DomainName reference) {
        // Only letters, digits, hyphens and underscores: no zero octet, escape, or letter outside ASCII ever matches (RFC 6125 §6.4.1
        // and §6.4.2: A-labels are compared, in any case).
        if (!HOST_NAME.matcher(presented).matches()) {
            return false;
        }
        String name = presented.toLowerCase(Locale.ROOT);
        if (!name.startsWith("*.")) {
            return name.equals(reference.toString());
        }
        // RFC 7672 §3.2.3: the wildcard is the entire first label and stands for exactly one label, the others match verbatim.
        return reference.parent().map(DomainName::toString).filter(name.substring(2)::equals).isPresent();
    }

    /** The names for people. */
    @Override
    public String toString() {
        if (names.isEmpty()) {
            return NONE;
        }
        String shown = PrintableText.of(String.join(", ", names.subList(0, Math.min(SHOWN, names.size()))));
        return names.size() > SHOWN ? shown + " and " + (names.size() - SHOWN) + " more" : shown;
    }
}
