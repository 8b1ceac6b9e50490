/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.dane.failure;

import java.util.regex.Pattern;

/**
 * Section of an RFC that a decision rests on. The sections that decisions cite are constants, each named once.
 *
 * @param text as it is written in comments and reports: {@code RFC 7672 §2.2.1}
 */
public record RfcSection(String text) {
    private static final Pattern FORM = Pattern.compile("RFC [1-9][0-9]{0,4} §[0-9A-Z]+(\\.[0-9]+)*");

    public static final RfcSection NULL_MX = new RfcSection("RFC 7505 §3");
    public static final RfcSection LOCATING_THE_HOST = new RfcSection("RFC 5321 §5.1");
    public static final RfcSection LOOKUP_SECURITY = new RfcSection("RFC 7672 §2.1.1");
    public static final RfcSection LOOKUP_FAILURE = new RfcSection("RFC 7672 §2.1.2");
    public static final RfcSection TLS_DISCOVERY = new RfcSection("RFC 7672 §2.2");
    public static final RfcSection MX_RESOLUTION = new RfcSection("RFC 7672 §2.2.1");
    public static final RfcSection ADDRESSES_FIRST = new RfcSection("RFC 7672 §2.2.2");
    public static final RfcSection TLSA_LOOKUP = new RfcSection("RFC 7672 §2.2.3");
    public static final RfcSection MATCHING = new RfcSection("RFC 7672 §3.2");
    public static final RfcSection MANDATORY = new RfcSection("RFC 7672 §6");
    public static final RfcSection LOCAL_POLICY = new RfcSection("RFC 7672 §9.1");
    public static final RfcSection USABILITY = new RfcSection("RFC 6698 §4.1");
    public static final RfcSection AGILITY = new RfcSection("RFC 7671 §9");
    public static final RfcSection UNUSABLE = new RfcSection("RFC 7671 §10.3");
    public static final RfcSection REQUIRETLS = new RfcSection("RFC 8689 §4.2.1");
    public static final RfcSection STS_LIST = new RfcSection("RFC 8461 §4.1");
    public static final RfcSection STS_CERTIFICATE = new RfcSection("RFC 8461 §4.2");
    static final RfcSection EIGHT_BIT = new RfcSection("RFC 6152 §3");
    static final RfcSection INTERNATIONAL = new RfcSection("RFC 6531 §3.2");
    static final RfcSection SIZE = new RfcSection("RFC 1870 §5");
    static final RfcSection CONTENT = new RfcSection("RFC 5322 §2.1.1");
    static final RfcSection AUTHENTICATION = new RfcSection("RFC 4954 §6");
    static final RfcSection SMTP_RETRIES = new RfcSection("RFC 5321 §4.5.4");
    public static final RfcSection SMTP_REPLIES = new RfcSection("RFC 5321 §4.2.1");

    public RfcSection {
        if (!FORM.matcher(text).matches()) {
            throw new IllegalArgumentException("\"" + text + "\" does not name a section like \"RFC 7672 §2.2.1\"");
        }
    }

    @Override
    public String toString() {
        return text;
    }
}
