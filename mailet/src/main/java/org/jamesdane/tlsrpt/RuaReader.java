/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.tlsrpt;

import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import org.jamesdane.dns.DomainName;
import org.jamesdane.text.PrintableText;

/** Reads the URI of a place for TLS reports by RFC 8460 §3, with the rules of {@code mailto} (RFC 6068 §2) and {@code https}. */
final class RuaReader {
    /** RFC 3986 §2: reserved, unreserved and encoded characters; RFC 8460 §3: commas, exclamation points and semicolons are encoded. */
    private static final Pattern URI =
        Pattern.compile("([A-Za-z][A-Za-z0-9+.-]*+):((?:[A-Za-z0-9._~:/?#\\[\\]@$&'()*+=-]|%[0-9A-Fa-f]{2})++)");
    private static final Pattern HTTPS = Pattern.compile("//([^/?#]*+)([^#]*+)(?:#.*+)?");
    private static final Pattern HOST = Pattern.compile("([A-Za-z0-9._-]++)(?::([0-9]{1,5}))?");
    /** RFC 5322 §3.2.3. */
    private static final Pattern DOT_ATOM = Pattern.compile("[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]++(?:\\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]++)*+");
    private static final Pattern HOST_NAME = Pattern.compile(
        "[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?(?:\\.[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?)++");
    /** RFC 5321 §4.5.3.1.1. */
    private static final int MAX_LOCAL_PART = 64;
    private static final int MAX_PORT = 65_535;
    private static final int HEX = 16;

    private RuaReader() {
    }

    static Rua.Reading read(String text) {
        Matcher uri = URI.matcher(text);
        if (text.length() > Rua.MAX_CHARACTERS) {
            return new Rua.Malformed(shown(text) + " has more than " + Rua.MAX_CHARACTERS + " characters");
        }
        if (!uri.matches()) {
            return new Rua.Malformed(shown(text) + " is no URI, or has a character in it that must be encoded");
        }
        return switch (uri.group(1).toLowerCase(Locale.ROOT)) {
            case "mailto" -> mailto(text, uri.group(2));
            case "https" -> https(text, uri.group(2));
            default -> refused(text, "is neither a mailto nor an https URI");
        };
    }

    private static Rua.Refused refused(String text, String why) {
        return new Rua.Refused(shown(text) + " " + why);
    }

    private static String shown(String text) {
        return "\"" + PrintableText.of(text) + "\"";
    }

    private static Rua.Reading mailto(String text, String address) {
        if (address.indexOf('?') >= 0 || address.indexOf('#') >= 0) {
            return refused(text, "has more than one address in it; header fields and fragments are not taken");
        }
        String decoded = decoded(address);
        int at = decoded.lastIndexOf('@');
        String localPart = decoded.substring(0, Math.max(0, at));
        Optional<DomainName> domain = hostName(decoded.substring(at + 1));
        if (at < 0 || domain.isEmpty() || localPart.length() > MAX_LOCAL_PART || !DOT_ATOM.matcher(localPart).matches()) {
            return refused(text, "names no plain mail address: letters, digits and common signs before the at sign, a domain behind it");
        }
        return new Rua.Usable(new Rua.Mailto(localPart, domain.get()));
    }

    /** The text without its encoding, one character for each octet: what is not ASCII is never taken for ASCII. */
    private static String decoded(String text) {
        StringBuilder decoded = new StringBuilder();
        for (int i = 0; i < text.length(); i++) {
            if (text.charAt(i) == '%') {
                decoded.append((char) Integer.parseInt(text.substring(i + 1, i + 3), HEX));
                i += 2;
            } else {
                decoded.append(text.charAt(i));
            }
        }
        return decoded.toString();
    }

    private static Rua.Reading https(String text, String rest) {
        Matcher parts = HTTPS.matcher(rest);
        if (!parts.matches()) {
            return refused(text, "names no server");
        }
        if (parts.group(1).indexOf('@') >= 0) {
            return refused(text, "has a user's name in it, which is not sent");
        }
        Matcher server = HOST.matcher(parts.group(1));
        Optional<DomainName> host = server.matches() ? hostName(server.group(1)) : Optional.empty();
        if (host.isEmpty()) {
            return refused(text, "does not name a server by its name; addresses are not taken");
        }
        int port = server.group(2) == null ? Rua.HTTPS_PORT : Integer.parseInt(server.group(2));
        if (port < 1 || port > MAX_PORT) {
            return refused(text, "names a port that is not 1 to 65535");
        }
        String target = parts.group(2);
        return new Rua.Usable(new Rua.Https(host.get(), port, target.startsWith("/") ? target : "/" + target));
    }

    /** A name of at least two labels, which is no address. */
    private static Optional<DomainName> hostName(String text) {
        boolean address = text.substring(text.lastIndexOf('.') + 1).chars().allMatch(c -> c >= '0' && c <= '9');
        return address || !HOST_NAME.matcher(text).matches() ? Optional.empty() : DomainName.parse(text);
    }
}
