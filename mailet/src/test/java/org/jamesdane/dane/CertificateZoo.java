/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.dane;

import java.nio.charset.StandardCharsets;
import java.security.cert.X509Certificate;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;

import org.jamesdane.dns.TlsaRecord;
import org.jamesdane.testing.pki.Association;
import org.jamesdane.testing.pki.Authority;
import org.jamesdane.testing.pki.CertificateWish;
import org.jamesdane.testing.pki.Credential;
import org.jamesdane.testing.pki.KeyKind;
import org.jamesdane.testing.pki.Leaf;
import org.jamesdane.testing.pki.Purpose;
import org.jamesdane.testing.pki.SignatureHash;
import org.jamesdane.testing.pki.StringEncoding;
import org.jamesdane.testing.pki.TestPki;

/**
 * Certificates by name, from lines like {@code leaf = ca leaf mx.example.com expired}.
 */
public final class CertificateZoo {
    /** The present of all conformance cases. */
    public static final Instant NOW = Instant.parse("2026-11-15T12:00:00Z");

    private final Map<String, CertificateWish<?>> wishes = new HashMap<>();
    private final Clock clock;

    private CertificateZoo(Instant now) {
        this.clock = Clock.fixed(now, ZoneOffset.UTC);
    }

    /** Reads the definitions, each on a line of its own. */
    static CertificateZoo of(List<String> lines) {
        return of(lines, NOW);
    }

    /** Reads the definitions for another present, around which certificates are valid. */
    public static CertificateZoo of(List<String> lines, Instant now) {
        CertificateZoo zoo = new CertificateZoo(now);
        lines.forEach(zoo::define);
        return zoo;
    }

    private void define(String line) {
        String[] sides = line.split("=", 2);
        List<String> words = List.of(sides[1].strip().split("\\s+", -1));
        CertificateWish<?> wish = switch (words.get(0)) {
            case "authority" -> changed(TestPki.authority(words.get(1), clock), words.subList(2, words.size()));
            case "self" -> changed(TestPki.selfSigned(unescaped(words.get(1)), clock), words.subList(2, words.size()));
            default -> issued(authority(words.get(0)), words);
        };
        wishes.put(sides[0].strip(), wish);
    }

    private CertificateWish<?> issued(Authority issuer, List<String> words) {
        List<String> modifiers = words.subList(3, words.size());
        return switch (words.get(1)) {
            case "intermediate" -> changed(issuer.intermediate(words.get(2)), modifiers);
            case "leaf" -> changed(issuer.leaf(unescaped(words.get(2))), modifiers);
            case "certifies" -> changed(authority(words.get(2)).certifiedBy(issuer), modifiers);
            default -> throw new IllegalArgumentException("unknown kind of certificate " + words.get(1));
        };
    }

    private Authority authority(String name) {
        return (Authority) wish(name);
    }

    private CertificateWish<?> wish(String name) {
        CertificateWish<?> wish = wishes.get(name);
        if (wish == null) {
            throw new IllegalArgumentException("unknown certificate " + name);
        }
        return wish;
    }

    private static CertificateWish<?> changed(CertificateWish<?> start, List<String> modifiers) {
        CertificateWish<?> wish = start;
        for (String modifier : modifiers) {
            String[] parts = modifier.split(":", 2);
            String value = parts.length > 1 ? unescaped(parts[1]) : "";
            wish = wish instanceof Leaf leaf ? changed(leaf, parts[0], value)
                : wish instanceof Authority authority ? changed(authority, parts[0], value) : wish;
        }
        return wish;
    }

    private static CertificateWish<?> changed(Leaf leaf, String word, String value) {
        return switch (word) {
            case "dns" -> leaf.dnsNames(value.isEmpty() ? new String[0] : value.split(",", -1));
            case "dnsoctets" -> leaf.dnsNames().dnsNameOctets(HexFormat.of().parseHex(value));
            case "ip" -> leaf.ipAddress(value);
            case "onlyip" -> leaf.onlyIpAddress(value);
            case "mail" -> leaf.mailAddress(value);
            case "uri" -> leaf.uri(value);
            case "nosan" -> leaf.withoutAlternativeNames();
            case "nameless" -> leaf.withoutNames();
            case "cn" -> leaf.commonName(value);
            case "cns" -> leaf.commonNames(value.split(",", -1));
            case "bmp" -> leaf.commonName(value, StringEncoding.BMP);
            case "teletex" -> leaf.commonName(value, StringEncoding.TELETEX);
            case "printable" -> leaf.commonName(value, StringEncoding.PRINTABLE);
            case "ia5" -> leaf.commonName(value, StringEncoding.IA5);
            default -> common(leaf, word, value);
        };
    }

    private static CertificateWish<?> changed(Authority authority, String word, String value) {
        return switch (word) {
            case "pathlength" -> authority.pathLength(Integer.parseInt(value));
            case "nobasic" -> authority.withoutBasicConstraints();
            case "notca" -> authority.notAnAuthority();
            case "nocertsign" -> authority.withoutKeyCertSign();
            case "permitted" -> authority.permittedName(value);
            case "excluded" -> authority.excludedName(value);
            default -> common(authority, word, value);
        };
    }

    private static CertificateWish<?> common(CertificateWish<?> wish, String word, String value) {
        return switch (word) {
            case "expired" -> wish.expired();
            case "future" -> wish.notYetValid();
            case "until" -> wish.valid(NOW.minus(Duration.ofDays(30)), Instant.parse(value));
            case "from" -> wish.valid(Instant.parse(value), NOW.plus(Duration.ofDays(30)));
            case "key" -> wish.key(KeyKind.valueOf(value));
            case "label" -> wish.keyLabel(value);
            case "hash" -> wish.signedWith(SignatureHash.valueOf(value));
            case "eku" -> wish.extendedKeyUsage(Arrays.stream(value.split(",", -1)).filter(each -> !each.isEmpty())
                .map(Purpose::valueOf).toArray(Purpose[]::new));
            case "noku" -> wish.withoutKeyUsage();
            case "ku" -> wish.keyUsage(Integer.parseInt(value, 16));
            case "noids" -> wish.withoutKeyIdentifiers();
            case "critical" -> wish.unknownCriticalExtension();
            case "extension" -> extension(wish, value.split("/", -1));
            case "pss" -> wish.pssSignature();
            case "v1" -> wish.version1();
            case "noparameters" -> wish.keyWithoutParameters();
            case "oddbooleans" -> wish.oddBooleans();
            case "broken" -> wish.brokenSignature();
            case "undecodable" -> wish.undecodable();
            case "subject" -> wish.subject(value);
            default -> throw new IllegalArgumentException("unknown modifier " + word);
        };
    }

    private static CertificateWish<?> extension(CertificateWish<?> wish, String[] parts) {
        return wish.extension(parts[0], parts[1].equals("critical"), HexFormat.of().parseHex(parts[2]));
    }

    /** Reads what cannot stand in a line: {@code \0} is a zero octet, {@code \s} a space. */
    private static String unescaped(String text) {
        return text.replace("\\0", "\0").replace("\\s", " ");
    }

    /** The certificate of that name. */
    public X509Certificate certificate(String name) {
        return wish(name).certificate();
    }

    /** Certificates by name, blanks between. */
    public List<X509Certificate> chain(String names) {
        return names.isBlank() ? List.of() : Arrays.stream(names.strip().split("\\s+", -1)).map(this::certificate).toList();
    }

    /** The certificates of those names with the key of the first. */
    public Credential credential(String names) {
        return new Credential(wish(names.strip().split("\\s+", -1)[0]).privateKey(), chain(names));
    }

    /**
     * A record, {@code 3 1 1 leaf}: its data are those of the certificate, or given as {@code hex:…}, or so many octets as
     * {@code octets:32}, or those of a certificate with the last bit turned, {@code leaf!}.
     */
    public TlsaRecord record(String text) {
        String[] words = text.strip().split("\\s+", -1);
        int usage = Integer.parseInt(words[0]);
        int selector = Integer.parseInt(words[1]);
        int matchingType = Integer.parseInt(words[2]);
        String data = words.length > 3 ? words[3] : "hex:";
        if (data.startsWith("hex:")) {
            return new TlsaRecord(usage, selector, matchingType, HexFormat.of().parseHex(data.substring(4)));
        }
        if (data.startsWith("octets:")) {
            byte[] octets = "association data".repeat(100).getBytes(StandardCharsets.US_ASCII);
            return new TlsaRecord(usage, selector, matchingType, Arrays.copyOf(octets, Integer.parseInt(data.substring(7))));
        }
        boolean turned = data.endsWith("!");
        String name = turned ? data.substring(0, data.length() - 1) : data;
        Association right = Association.of(usage, selector, matchingType, certificate(name));
        return new TlsaRecord(usage, selector, matchingType, (turned ? right.mismatching() : right).octets());
    }
}
