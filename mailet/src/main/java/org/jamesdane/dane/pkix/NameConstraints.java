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

import javax.security.auth.x500.X500Principal;

import org.jamesdane.text.PrintableText;

/**
 * The name constraints met on the way from the anchor to the leaf (RFC 5280 §4.2.1.10).
 *
 * <p>Domain names, directory names and addresses are compared. If a constraint is on another form of name, no certificate with a name of
 * that form passes. The RFC demands this of software that does not process the constraint.
 */
final class NameConstraints {
    /** Comparisons on one path; the product of names and constraints is the sender's choice. */
    static final int MAX_COMPARISONS = 50_000;

    private static final int FORM = 0x1f;
    private static final int RFC822_NAME = 1;
    private static final int DNS_NAME = 2;
    private static final int DIRECTORY_NAME = 4;
    private static final int IP_ADDRESS = 7;

    /** A name or a subtree: its form (the tag of the GeneralName choice), and its content, one character for each octet. */
    private record GeneralName(int form, String content) {
        static GeneralName of(int form, byte[] content) {
            return new GeneralName(form, new String(content, StandardCharsets.ISO_8859_1));
        }

        String lowerCase() {
            return content.toLowerCase(Locale.ROOT);
        }

        byte[] octets() {
            return content.getBytes(StandardCharsets.ISO_8859_1);
        }
    }

    /** Subtrees of one extension. */
    private record Subtrees(List<GeneralName> permitted, List<GeneralName> excluded) {
    }

    private final List<Subtrees> all = new ArrayList<>();
    private int comparisons;

    /** Adds the constraints of an issuer, if it has any. */
    void add(CertificateExtensions extensions) throws CertificateParsingException {
        Optional<Der> extension = extensions.value(CertificateExtensions.NAME_CONSTRAINTS);
        if (extension.isEmpty()) {
            return;
        }
        List<GeneralName> permitted = new ArrayList<>();
        List<GeneralName> excluded = new ArrayList<>();
        for (Der part : extension.get().expect(Der.SEQUENCE).children()) {
            List<GeneralName> subtrees = switch (part.tag()) {
                case Der.CONTEXT_CONSTRUCTED -> permitted;
                case Der.CONTEXT_CONSTRUCTED | 1 -> excluded;
                default -> throw new CertificateParsingException("name constraints of an unknown kind");
            };
            for (Der subtree : part.children()) {
                List<Der> fields = subtree.expect(Der.SEQUENCE).children();
                // RFC 5280 §4.2.1.10: minimum is 0, the default, and maximum is absent. A default that is encoded still is that value.
                if (fields.size() > 2 || (fields.size() == 2 && !isMinimumOfZero(fields.get(1)))) {
                    throw new CertificateParsingException("name constraints with a minimum or maximum");
                }
                subtrees.add(generalName(fields.get(0)));
            }
        }
        all.add(new Subtrees(permitted, excluded));
    }

    private static boolean isMinimumOfZero(Der field) {
        return field.tag() == Der.CONTEXT_PRIMITIVE && Arrays.equals(field.content(), new byte[1]);
    }

    /** Checks the names of a certificate below all issuers added so far. */
    void check(X509Certificate certificate, CertificateExtensions extensions, boolean leaf) throws PathViolation,
        CertificateParsingException {
        if (all.isEmpty()) {
            return;
        }
        for (GeneralName name : namesOf(certificate, extensions, leaf)) {
            for (Subtrees subtrees : all) {
                if (!allows(subtrees, name)) {
                    throw PathViolation.chain("name constraints do not allow a name of \""
                        + PrintableText.of(certificate.getSubjectX500Principal().getName()) + "\"");
                }
            }
        }
    }

    private boolean allows(Subtrees subtrees, GeneralName name) throws PathViolation {
        boolean constrained = false;
        boolean permitted = false;
        for (GeneralName subtree : subtrees.permitted()) {
            if (subtree.form() == name.form()) {
                constrained = true;
                permitted = permitted || contains(subtree, name, false);
            }
        }
        for (GeneralName subtree : subtrees.excluded()) {
            if (subtree.form() == name.form() && contains(subtree, name, true)) {
                return false;
            }
        }
        return permitted || !constrained;
    }

    /**
     * Tests whether the name is in the subtree.
     *
     * @param excluding what holds where it cannot be told: in an excluded subtree, not in a permitted one
     */
    private boolean contains(GeneralName subtree, GeneralName name, boolean excluding) throws PathViolation {
        comparisons++;
        if (comparisons > MAX_COMPARISONS) {
            throw PathViolation.chain("there are too many names under name constraints");
        }
        return switch (name.form()) {
            case DNS_NAME -> containsDomain(subtree.lowerCase(), name.lowerCase(), excluding);
            case DIRECTORY_NAME -> containsDirectory(subtree.octets(), name.octets(), excluding);
            case IP_ADDRESS -> containsAddress(subtree.octets(), name.octets(), excluding);
            default -> excluding;
        };
    }

    private static boolean containsDomain(String subtree, String name, boolean excluding) {
        if (excluding && name.startsWith("*.") && subtree.endsWith(name.substring(1))
                && subtree.indexOf('.') == subtree.length() - name.length() + 1) {
            // The wildcard stands for the top of the excluded subtree, among others.
            return true;
        }
        if (subtree.isEmpty() || name.equals(subtree)) {
            return true;
        }
        return name.endsWith(subtree.startsWith(".") ? subtree : "." + subtree);
    }

    private static boolean containsDirectory(byte[] subtree, byte[] name, boolean excluding) {
        try {
            List<Der> prefix = Der.of(subtree).expect(Der.SEQUENCE).children();
            List<Der> rdns = Der.of(name).expect(Der.SEQUENCE).children();
            if (prefix.size() > rdns.size()) {
                return false;
            }
            for (int i = 0; i < prefix.size(); i++) {
                // The JDK's canonical form compares as RFC 5280 §7.1 says, without regard to case and repeated spaces.
                if (!single(prefix.get(i)).equals(single(rdns.get(i)))) {
                    return false;
                }
            }
            return true;
        } catch (CertificateParsingException | IllegalArgumentException e) {
            return excluding;
        }
    }

    /** A directory name of one relative distinguished name. */
    private static X500Principal single(Der rdn) {
        return new X500Principal(Der.encode(Der.SEQUENCE, rdn.encoded()));
    }

    private static boolean containsAddress(byte[] subtree, byte[] address, boolean excluding) {
        if (subtree.length != 2 * address.length) {
            // Another family, unless neither has the length of an address.
            return excluding && address.length != 4 && address.length != 16;
        }
        for (int i = 0; i < address.length; i++) {
            if (((subtree[i] ^ address[i]) & subtree[address.length + i]) != 0) {
                return false;
            }
        }
        return true;
    }

    private static List<GeneralName> namesOf(X509Certificate certificate, CertificateExtensions extensions, boolean leaf)
            throws CertificateParsingException {
        List<GeneralName> names = new ArrayList<>();
        Optional<Der> alternatives = extensions.value(CertificateExtensions.SUBJECT_ALTERNATIVE_NAME);
        if (alternatives.isPresent()) {
            for (Der name : alternatives.get().expect(Der.SEQUENCE).children()) {
                names.add(generalName(name));
            }
        }
        List<Der> rdns = CertificateBytes.subject(certificate);
        if (!rdns.isEmpty()) {
            names.add(GeneralName.of(DIRECTORY_NAME, certificate.getSubjectX500Principal().getEncoded()));
        }
        // RFC 5280 §4.2.1.10: a mail address in the subject is constrained as a name of its own.
        for (Der address : PresentedIdentifiers.values(rdns, PresentedIdentifiers.EMAIL_ADDRESS)) {
            names.add(GeneralName.of(RFC822_NAME, address.content()));
        }
        if (leaf) {
            // A common name that stands in for DNS-IDs is held to what holds for them.
            for (String name : PresentedIdentifiers.of(certificate).names()) {
                names.add(new GeneralName(DNS_NAME, name));
            }
        }
        return names;
    }

    private static GeneralName generalName(Der name) throws CertificateParsingException {
        int form = name.tag() & FORM;
        return GeneralName.of(form, form == DIRECTORY_NAME ? name.child(0).encoded() : name.content());
    }
}
