/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.cli;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

import javax.xml.XMLConstants;
import javax.xml.parsers.DocumentBuilderFactory;
import javax.xml.parsers.ParserConfigurationException;

import org.jamesdane.dns.DomainName;
import org.jamesdane.dns.validating.TrustAnchor;
import org.w3c.dom.Element;
import org.w3c.dom.Node;
import org.w3c.dom.NodeList;
import org.xml.sax.SAXException;

/**
 * IANA's list of the root's trust anchors (RFC 9718 §2.1, RFC 7958 §2.1).
 *
 * @param sha256 the digest of the file, for people
 */
record RootAnchorsFile(String sha256, List<Entry> entries) {
    /** Two keys take about 1.5 KB. */
    private static final long MAX_OCTETS = 1 << 20;

    /**
     * A key of the list.
     *
     * @param from the time from which it is an anchor
     * @param until the time until which it is; empty if that is not known yet
     */
    record Entry(TrustAnchor anchor, Instant from, Optional<Instant> until) {
        boolean isCurrent(Instant now) {
            return !now.isBefore(from) && until.filter(end -> !now.isBefore(end)).isEmpty();
        }
    }

    /** The keys that are anchors at a time. */
    List<TrustAnchor> current(Instant now) {
        return entries.stream().filter(entry -> entry.isCurrent(now)).map(Entry::anchor).toList();
    }

    static RootAnchorsFile read(Path file) throws IOException {
        if (!Files.isRegularFile(file) || Files.size(file) > MAX_OCTETS) {
            throw new LocalFailure("--root-anchors=" + file + " is not allowed; it is a file of at most 1 MiB.");
        }
        byte[] octets = Files.readAllBytes(file);
        try {
            DocumentBuilderFactory factory = DocumentBuilderFactory.newInstance();
            factory.setFeature("http://apache.org/xml/features/disallow-doctype-decl", true);
            factory.setFeature(XMLConstants.FEATURE_SECURE_PROCESSING, true);
            factory.setExpandEntityReferences(false);
            var builder = factory.newDocumentBuilder();
            builder.setErrorHandler(null);
            Element root = builder.parse(new ByteArrayInputStream(octets)).getDocumentElement();
            if (!root.getNodeName().equals("TrustAnchor") || !text(root, "Zone").equals(".")) {
                throw new IllegalArgumentException("it is no list of the root's trust anchors");
            }
            List<Entry> entries = new ArrayList<>();
            NodeList digests = root.getElementsByTagName("KeyDigest");
            for (int i = 0; i < digests.getLength(); i++) {
                entries.add(entry((Element) digests.item(i)));
            }
            return new RootAnchorsFile(HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(octets)), entries);
        } catch (SAXException | IllegalArgumentException | DateTimeException e) {
            throw new LocalFailure("--root-anchors=" + file + " can't be read: " + e.getMessage() + ".");
        } catch (ParserConfigurationException | NoSuchAlgorithmException e) {
            throw new IllegalStateException("Every Java platform has an XML parser and SHA-256", e);
        }
    }

    private static Entry entry(Element digest) {
        TrustAnchor anchor = new TrustAnchor(DomainName.ROOT, Integer.parseInt(text(digest, "KeyTag")),
            Integer.parseInt(text(digest, "Algorithm")), Integer.parseInt(text(digest, "DigestType")),
            text(digest, "Digest").toLowerCase(Locale.ROOT));
        String until = digest.getAttribute("validUntil");
        return new Entry(anchor, time(digest.getAttribute("validFrom")), until.isEmpty() ? Optional.empty() : Optional.of(time(until)));
    }

    private static Instant time(String text) {
        return OffsetDateTime.parse(text).toInstant();
    }

    private static String text(Element parent, String name) {
        Node node = parent.getElementsByTagName(name).item(0);
        if (node == null) {
            throw new IllegalArgumentException("an element " + name + " is missing");
        }
        return node.getTextContent().strip();
    }
}
