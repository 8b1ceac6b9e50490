/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.tlsrpt;

import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

import org.jamesdane.dane.failure.TlsReportType;

/** Check of one element of a report's policies (RFC 8460 §4.2 to §4.5). */
final class PolicyCheck {
    private static final String RESULTS = "RFC 8460 §4.3";
    private static final String NEGOTIATION = "RFC 8460 §4.3.1";
    private static final String OF_DANE = "RFC 8460 §4.3.2.1";
    private static final String OF_STS = "RFC 8460 §4.3.2.2";
    private static final String SAMPLES = "RFC 8460 §4.5";
    private static final String SUMMARY = "RFC 8460 §4.2";

    private static final String TLSA = "tlsa";
    private static final String STS = "sts";
    private static final Set<String> TYPES = Set.of(TLSA, STS, "no-policy-found");
    private static final Pattern TLSA_TEXT = Pattern.compile("\\d{1,3} \\d{1,3} \\d{1,3} (?:[0-9A-Fa-f]{2})*+");
    private static final int TLSA_SHOWN = 4096;
    private static final Set<TlsReportType> DANE_FAILURES =
        EnumSet.of(TlsReportType.TLSA_INVALID, TlsReportType.DNSSEC_INVALID, TlsReportType.DANE_REQUIRED);
    private static final Set<TlsReportType> STS_FAILURES =
        EnumSet.of(TlsReportType.STS_POLICY_FETCH_ERROR, TlsReportType.STS_POLICY_INVALID, TlsReportType.STS_WEBPKI_INVALID);
    /** Failures that only a session with a host can have. */
    private static final Set<TlsReportType> OF_SESSIONS = EnumSet.of(TlsReportType.STARTTLS_NOT_SUPPORTED,
        TlsReportType.CERTIFICATE_HOST_MISMATCH, TlsReportType.CERTIFICATE_EXPIRED, TlsReportType.CERTIFICATE_NOT_TRUSTED);
    private static final Set<TlsReportType> WITH_REASON =
        EnumSet.of(TlsReportType.CERTIFICATE_NOT_TRUSTED, TlsReportType.VALIDATION_FAILURE);

    private static final String DETAILS = "failure-details";
    private static final String RESULT_TYPE = "result-type";
    private static final Set<String> DETAIL_NAMES = Set.of(RESULT_TYPE, "sending-mta-ip", "receiving-mx-hostname", "receiving-mx-helo",
        "receiving-ip", "failed-session-count", "additional-information", "failure-reason-code");

    private long successes;
    private long failures;

    private PolicyCheck() {
    }

    static PolicyCheck of(Field element) {
        PolicyCheck check = new PolicyCheck();
        String type = element.object("policy").map(PolicyCheck::policy).orElse("");
        element.object("summary").ifPresent(check::summary);
        for (Field detail : element.objects(DETAILS, false, RESULTS)) {
            detail(detail, type);
        }
        if (check.failures > 0 && !element.has(DETAILS)) {
            element.advise(SUMMARY, DETAILS, "sessions failed, and nothing says in which way");
        }
        element.onlyKnows(Set.of("policy", "summary", DETAILS));
        return check;
    }

    long successes() {
        return successes;
    }

    long failures() {
        return failures;
    }

    /** Checks a policy; the result is its type, empty where that is none. */
    private static String policy(Field policy) {
        Optional<String> type = policy.string("policy-type", true);
        String known = type.filter(TYPES::contains).orElse("");
        type.filter(text -> !TYPES.contains(text)).ifPresent(text -> policy.breach(Field.SCHEMA, "policy-type", Findings.shown(text)
            + " is none of tlsa, sts and no-policy-found"));
        // What there is no policy for has no text of one either; the RFC does not say that the name may be left out.
        List<String> lines = policy.strings("policy-string", !known.equals("no-policy-found"));
        policy.name("policy-domain", true);
        policy.patterns("mx-host", known.equals(STS));
        lines(policy, known, lines);
        policy.onlyKnows(Set.of("policy-type", "policy-string", "policy-domain", "mx-host"));
        return known;
    }

    private static void lines(Field policy, String type, List<String> lines) {
        for (int i = 0; i < lines.size(); i++) {
            String line = lines.get(i);
            String name = "policy-string[" + i + "]";
            if (type.equals(TLSA) && !isTlsa(line)) {
                policy.breach(SAMPLES, name, Findings.shown(line)
                    + " is no TLSA record: three numbers and hexadecimal octets, with one blank between each");
            } else if (type.equals(STS) && line.indexOf('\n') >= 0) {
                policy.breach(SAMPLES, name, "it holds several lines of the policy; each is an element of its own");
            }
        }
    }

    private static boolean isTlsa(String line) {
        // The rest of a long record can only be more octets.
        int digits = Math.max(0, line.length() - TLSA_SHOWN);
        boolean rest = line.substring(line.length() - digits).chars().allMatch(c -> Character.digit(c, 16) >= 0 && c < 0x80);
        String head = line.substring(0, line.length() - digits);
        return rest && TLSA_TEXT.matcher(digits % 2 == 0 ? head : head + "0").matches()
            && Arrays.stream(line.split(" ", 4)).limit(3).allMatch(number -> Integer.parseInt(number) <= 255);
    }

    private void summary(Field summary) {
        successes = summary.count("total-successful-session-count").orElse(0L);
        failures = summary.count("total-failure-session-count").orElse(0L);
        summary.onlyKnows(Set.of("total-successful-session-count", "total-failure-session-count"));
    }

    private static void detail(Field detail, String policyType) {
        Optional<String> word = detail.string(RESULT_TYPE, true);
        Optional<TlsReportType> type = word.flatMap(text -> Arrays.stream(TlsReportType.values())
            .filter(each -> each.toString().equals(text)).findFirst());
        if (word.isPresent() && type.isEmpty()) {
            // RFC 8460 §6.6: a registry may have more.
            detail.advise(RESULTS, RESULT_TYPE, Findings.shown(word.get()) + " is none of the result types of RFC 8460");
        }
        type.ifPresent(result -> result(detail, result, policyType));
        detail.address("sending-mta-ip");
        detail.name("receiving-mx-hostname", false);
        detail.string("receiving-mx-helo", false);
        detail.address("receiving-ip");
        detail.count("failed-session-count");
        detail.uri("additional-information");
        detail.string("failure-reason-code", false);
        detail.onlyKnows(DETAIL_NAMES);
    }

    private static void result(Field detail, TlsReportType result, String policyType) {
        if (policyType.equals(STS) && DANE_FAILURES.contains(result)) {
            detail.advise(OF_DANE, RESULT_TYPE, "\"" + result + "\" is a failure of DANE, and the policy is one of MTA-STS");
        }
        if (policyType.equals(TLSA) && STS_FAILURES.contains(result)) {
            detail.advise(OF_STS, RESULT_TYPE, "\"" + result + "\" is a failure of MTA-STS, and the policy is one of DANE");
        }
        if (WITH_REASON.contains(result) && !detail.has("failure-reason-code")) {
            detail.advise(NEGOTIATION, "failure-reason-code", "it is missing, which \"" + result + "\" needs for its meaning");
        }
        // Appendix B of the RFC leaves out the receiver's address; these two it always has.
        for (String name : List.of("sending-mta-ip", "receiving-mx-hostname")) {
            if (OF_SESSIONS.contains(result) && !detail.has(name)) {
                detail.advise(Field.SCHEMA, name, "it is missing");
            }
        }
    }
}
