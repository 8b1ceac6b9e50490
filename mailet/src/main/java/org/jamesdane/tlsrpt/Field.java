/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.tlsrpt;

import java.math.BigInteger;
import java.net.InetAddress;
import java.net.URI;
import java.net.URISyntaxException;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import org.jamesdane.dane.policy.IpAddresses;
import org.jamesdane.dns.DomainName;
import org.jamesdane.text.JsonValue;

/** Members of one object of a received report, each checked against its format (RFC 8460 §4.4). */
final class Field {
    static final String SCHEMA = "RFC 8460 §4.4";

    /** RFC 3339 §5.6, in which the letters may be small ones. */
    private static final Pattern DATE_TIME = Pattern.compile(
        "\\d{4}-\\d{2}-\\d{2}[Tt]\\d{2}:\\d{2}:\\d{2}(?:\\.\\d+)?(?:[Zz]|[+-]\\d{2}:\\d{2})");
    /** RFC 5322 §3.4.1 without the obsolete forms: a dot-atom or a quoted string, then a domain. */
    private static final Pattern ADDR_SPEC = Pattern.compile(
        "(?:[\\w!#$%&'*+/=?^`{|}~-]++(?:\\.[\\w!#$%&'*+/=?^`{|}~-]++)*+|\"(?:[ !#-\\[\\]-~\\t]|\\\\[ -~\\t])*+\")@([^@\\s]++)");
    private static final Pattern INTEGER = Pattern.compile("-?\\d+");
    /** RFC 7493 §2.2. */
    private static final BigInteger MAX_INTEGER = BigInteger.ONE.shiftLeft(53).subtract(BigInteger.ONE);
    private static final int MAX_DIGITS = 30;
    /** RFC 5321 §4.5.3.1: 64 octets before the at sign, 255 behind it. */
    private static final int MAX_ADDRESS = 320;

    private final JsonValue.Obj object;
    private final String path;
    private final Findings findings;

    Field(JsonValue.Obj object, String path, Findings findings) {
        this.object = object;
        this.path = path;
        this.findings = findings;
    }

    private String at(String name) {
        return path.isEmpty() ? name : path + "." + name;
    }

    private void breach(String name, String text) {
        findings.breach(SCHEMA, at(name), text);
    }

    /** Tests whether there is such a member, of whatever kind. */
    boolean has(String name) {
        return object.members().containsKey(name);
    }

    /** Notes members that RFC 8460 does not know. */
    void onlyKnows(Set<String> names) {
        object.members().keySet().stream().filter(name -> !names.contains(name)).forEach(name -> findings.advice(SCHEMA, at(name),
            switch (name) {
                case "mx-host-pattern" -> "this is the placeholder of a format; the name is \"mx-host\"";
                case "additional-info-uri" -> "this is the placeholder of a format; the name is \"additional-information\"";
                default -> "the name is not one of RFC 8460";
            }));
    }

    private Optional<JsonValue> member(String name, boolean required) {
        JsonValue value = object.members().get(name);
        if (value == null && required) {
            breach(name, "it is missing");
        }
        return Optional.ofNullable(value);
    }

    /** The member as an object. */
    Optional<Field> object(String name) {
        Optional<JsonValue> value = member(name, true);
        if (value.isPresent() && value.get() instanceof JsonValue.Obj inner) {
            return Optional.of(new Field(inner, at(name), findings));
        }
        value.ifPresent(other -> breach(name, "it is " + other.kind() + ", not an object"));
        return Optional.empty();
    }

    /** The member's elements that are objects; none where it is no array. */
    List<Field> objects(String name, boolean required, String section) {
        List<Field> fields = new ArrayList<>();
        Optional<JsonValue> value = member(name, required);
        if (value.isPresent() && value.get() instanceof JsonValue.Arr array) {
            for (int i = 0; i < array.elements().size(); i++) {
                String where = at(name) + "[" + i + "]";
                if (array.elements().get(i) instanceof JsonValue.Obj inner) {
                    fields.add(new Field(inner, where, findings));
                } else {
                    findings.breach(SCHEMA, where, "it is " + array.elements().get(i).kind() + ", not an object");
                }
            }
            return fields;
        }
        value.ifPresent(other -> findings.breach(section, at(name), "it is " + other.kind() + ", not an array"));
        return fields;
    }

    /** The member's elements that are strings; none where it is no array. */
    List<String> strings(String name, boolean required) {
        List<String> strings = new ArrayList<>();
        Optional<JsonValue> value = member(name, required);
        if (value.isPresent() && value.get() instanceof JsonValue.Arr array) {
            for (int i = 0; i < array.elements().size(); i++) {
                if (array.elements().get(i) instanceof JsonValue.Str element) {
                    strings.add(element.text());
                } else {
                    breach(name + "[" + i + "]", "it is " + array.elements().get(i).kind() + ", not a string");
                }
            }
            return strings;
        }
        value.ifPresent(other -> breach(name, "it is " + other.kind() + ", not an array of strings"));
        return strings;
    }

    /** The member as a string with something in it. */
    Optional<String> string(String name, boolean required) {
        Optional<JsonValue> value = member(name, required);
        if (value.isPresent() && value.get() instanceof JsonValue.Str string) {
            if (string.text().isBlank()) {
                breach(name, "it is empty");
                return Optional.empty();
            }
            return Optional.of(string.text());
        }
        value.ifPresent(other -> breach(name, "it is " + other.kind() + ", not a string"));
        return Optional.empty();
    }

    /** The member as a count. */
    Optional<Long> count(String name) {
        Optional<JsonValue> value = member(name, true);
        if (value.isPresent() && value.get() instanceof JsonValue.Num number) {
            String text = number.text();
            if (!INTEGER.matcher(text).matches() || text.startsWith("-")) {
                breach(name, Findings.shown(text) + " is no count: a whole number, 0 or more");
            } else if (text.length() > MAX_DIGITS || new BigInteger(text).compareTo(MAX_INTEGER) > 0) {
                findings.breach("RFC 7493 §2.2", at(name), Findings.shown(text) + " is above " + MAX_INTEGER);
            } else {
                return Optional.of(Long.parseLong(text));
            }
            return Optional.empty();
        }
        value.ifPresent(other -> breach(name, "it is " + other.kind() + ", not a number"));
        return Optional.empty();
    }

    /** The member as a time. */
    Optional<Instant> time(String name) {
        Optional<String> text = string(name, true);
        if (text.isPresent()) {
            try {
                if (DATE_TIME.matcher(text.get()).matches()) {
                    return Optional.of(OffsetDateTime.parse(text.get().toUpperCase(Locale.ROOT), DateTimeFormatter.ISO_OFFSET_DATE_TIME)
                        .toInstant());
                }
            } catch (DateTimeException e) {
                // No such day or hour: said below.
            }
            breach(name, Findings.shown(text.get()) + " is no time like 2026-11-28T00:00:00Z (RFC 3339)");
        }
        return Optional.empty();
    }

    /** The domain of the member, which is a mail address. */
    Optional<String> addressDomain(String name) {
        Optional<String> text = string(name, true);
        if (text.isPresent()) {
            Matcher address = ADDR_SPEC.matcher(text.get());
            if (text.get().length() <= MAX_ADDRESS && address.matches()) {
                isName(name, address.group(1));
                return Optional.of(address.group(1));
            }
            breach(name, Findings.shown(text.get()) + " is no mail address (addr-spec of RFC 5322)");
        }
        return Optional.empty();
    }

    /** Checks a name of a domain or a host in the member. */
    void name(String name, boolean required) {
        string(name, required).ifPresent(text -> isName(name, text));
    }

    private void isName(String name, String text) {
        if (text.chars().anyMatch(c -> c >= 0x80)) {
            breach(name, Findings.shown(text) + " is not in A-labels (xn--)");
        } else if (text.indexOf(' ') >= 0 || DomainName.parse(text).isEmpty()) {
            breach(name, Findings.shown(text) + " is no domain name");
        }
    }

    /** Checks the member, which lists names of hosts or patterns of them. */
    void patterns(String name, boolean required) {
        List<String> patterns = strings(name, required);
        for (int i = 0; i < patterns.size(); i++) {
            String pattern = patterns.get(i);
            isName(name + "[" + i + "]", pattern.startsWith("*.") ? pattern.substring(2) : pattern);
        }
    }

    /** Checks an IP address in the member. */
    void address(String name) {
        string(name, false).ifPresent(text -> {
            Optional<InetAddress> address = IpAddresses.parse(text);
            if (address.isEmpty()) {
                breach(name, Findings.shown(text) + " is no IP address");
            } else if (text.indexOf('.') < 0 && !AddressText.of(address.get()).equals(text)) {
                // An IPv4 address within an IPv6 one may be written either way (RFC 5952 §5).
                findings.advice(SCHEMA, at(name), Findings.shown(text) + " is written " + AddressText.of(address.get())
                    + " by RFC 5952");
            }
        });
    }

    /** Checks a URI in the member. */
    void uri(String name) {
        string(name, false).ifPresent(text -> {
            try {
                if (text.chars().allMatch(c -> c > ' ' && c < 0x7f) && new URI(text).isAbsolute()) {
                    return;
                }
            } catch (URISyntaxException e) {
                // Said below.
            }
            breach(name, Findings.shown(text) + " is no URI (RFC 3986)");
        });
    }

    void advise(String section, String name, String text) {
        findings.advice(section, at(name), text);
    }

    void breach(String section, String name, String text) {
        findings.breach(section, at(name), text);
    }
}
