/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.store;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.HexFormat;
import java.util.Optional;
import java.util.regex.Pattern;

import org.jamesdane.dane.policy.Policy;
import org.jamesdane.dns.DomainName;
import org.jamesdane.mtasts.StsException;

/**
 * A policy, a negative trust anchor or an MTA-STS exception as an operator has set it. Only what is within the limits can be made.
 *
 * @param kind which of them
 * @param key {@code example.com}; for a policy also {@code .example.com}, which means all names below it
 * @param value the name of the policy, or the mode of the exception; a newer version of this extension may have given it. Empty for a
 *     negative trust anchor
 * @param reason why, in the operator's words
 * @param owner who answers for it
 * @param expiry when it ends by itself, in whole milliseconds; empty for a policy that stays
 * @param since when it was set, in whole milliseconds
 */
public record Setting(SettingKind kind, String key, String value, String reason, String owner, Optional<Instant> expiry, Instant since) {
    /** Letters, digits and hyphens, and the underscores that some names have all the same; no wildcards. */
    private static final Pattern HOST_NAME = Pattern.compile("[a-zA-Z0-9._-]+");
    /** Characters of a reason; as for a negative trust anchor in the validator. */
    public static final int MAX_REASON = 500;
    /** Characters of an owner: a mail address is at most as long (RFC 5321 §4.5.3.1.3). */
    public static final int MAX_OWNER = 254;
    /** Characters of a policy's name; the database's column has as many. */
    private static final int MAX_VALUE = 30;
    /** Octets of a digest that nobody has a reason to forge. */
    private static final int TAG_OCTETS = 16;

    /**
     * Checks what may be stored.
     *
     * @throws IllegalArgumentException with a sentence that says which limit is broken
     */
    public Setting {
        key = normalised(kind, key);
        value = word(kind, value);
        reason = text("reason", reason, MAX_REASON);
        owner = text("owner", owner, MAX_OWNER);
        expiry = expiry.map(time -> time.truncatedTo(ChronoUnit.MILLIS));
        since = since.truncatedTo(ChronoUnit.MILLIS);
        if (kind == SettingKind.NEGATIVE_TRUST_ANCHOR && expiry.isEmpty()) {
            throw new IllegalArgumentException("A negative trust anchor needs an expiry (RFC 7646 §4)");
        }
    }

    /**
     * The form of a key under which it is stored.
     *
     * @throws IllegalArgumentException with a sentence if it can be no key of this kind
     */
    public static String normalised(SettingKind kind, String key) {
        boolean below = kind == SettingKind.POLICY && key.length() > 1 && key.startsWith(".");
        DomainName name = DomainName.of(below ? key.substring(1) : key);
        if (!name.isRoot() && !HOST_NAME.matcher(name.toString()).matches()) {
            throw new IllegalArgumentException("\"" + key + "\" is no domain that mail can go to"
                + (key.startsWith("*.") ? "; for all names below one write " + key.substring(1) : ""));
        }
        if (kind == SettingKind.POLICY && name.isRoot()) {
            throw new IllegalArgumentException("\"" + key + "\" can have no policy of its own; policy.default in dane.properties is "
                + "the one for all domains");
        }
        if (kind == SettingKind.MTA_STS_EXCEPTION && name.isRoot()) {
            throw new IllegalArgumentException("\"" + key + "\" can have no MTA-STS policy; policy.mta-sts in dane.properties is for all "
                + "domains");
        }
        if (kind == SettingKind.NEGATIVE_TRUST_ANCHOR && name.labels().size() < 2) {
            // RFC 7646 §2: as narrow as can be; the root or a top-level domain would switch DNSSEC off for everyone below.
            throw new IllegalArgumentException("\"" + key + "\" cannot have a negative trust anchor: it would switch off DNSSEC for the "
                + "root or a top-level domain; name the broken domain");
        }
        return (below ? "." : "") + name;
    }

    /** A word that is not known is kept as it is, so that the version that wrote it still finds it. */
    private static String word(SettingKind kind, String word) {
        if (kind == SettingKind.NEGATIVE_TRUST_ANCHOR) {
            return "";
        }
        if (kind == SettingKind.POLICY && Policy.isKnown(word)) {
            return Policy.stored(word).toString();
        }
        if (kind == SettingKind.MTA_STS_EXCEPTION && StsException.find(word).isPresent()) {
            return StsException.find(word).get().toString();
        }
        String clean = word.replaceAll("\\p{Cntrl}", " ");
        return clean.length() <= MAX_VALUE ? clean : clean.substring(0, MAX_VALUE);
    }

    /** The policy in force; {@code dane-only} for a word that is not known here. */
    public Policy policy() {
        return Policy.stored(value);
    }

    /** The MTA-STS exception in force; none for a word that is not known here, so that the domain's policy is followed. */
    public Optional<StsException> stsException() {
        return kind == SettingKind.MTA_STS_EXCEPTION ? StsException.find(value) : Optional.empty();
    }

    /**
     * Refuses a value that is not known here.
     *
     * @throws IllegalArgumentException naming what is allowed
     */
    void requireKnown() {
        switch (kind) {
            case POLICY -> Policy.requireKnown(value);
            case MTA_STS_EXCEPTION -> StsException.requireKnown(value);
            case NEGATIVE_TRUST_ANCHOR -> {
                // It has no value.
            }
        }
    }

    static String text(String what, String text, int max) {
        String stripped = text.strip();
        if (stripped.isEmpty() || stripped.length() > max || stripped.chars().anyMatch(Character::isISOControl)) {
            throw new IllegalArgumentException("The " + what + " has " + stripped.length() + " characters; 1 to " + max
                + " without control characters are needed");
        }
        return stripped;
    }

    /** A name for exactly this content, of letters and digits; another entry of the same key has another one. */
    public String tag() {
        String content = String.join("\0", kind.plural(), key, value, reason, owner, expiry.map(Instant::toString).orElse(""),
            since.toString());
        try {
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(content.getBytes(UTF_8));
            return HexFormat.of().formatHex(digest, 0, TAG_OCTETS);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("Every Java has SHA-256", e);
        }
    }

    /** Tests whether the entry's time is over. */
    public boolean endedAt(Instant now) {
        return expiry.filter(end -> !end.isAfter(now)).isPresent();
    }
}
