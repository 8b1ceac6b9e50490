/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.tlsrpt;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Compares a mail that brings a report with RFC 8460, and the report in it. Signatures are looked at, not verified. */
final class ReportMailCheck {
    private static final String REPORTING_POLICY = "RFC 8460 §3";
    private static final String FILE_NAME = "RFC 8460 §5.1";
    private static final String TRANSPORT = "RFC 8460 §5.3";
    private static final String MAIL = "mail";
    private static final String CONTENT_TYPE = "Content-Type";
    private static final String GZIP = "application/tlsrpt+gzip";
    private static final String JSON = "application/tlsrpt+json";
    private static final Pattern SUBJECT = Pattern.compile(
        "Report[ \\t]+Domain:[ \\t]+\\S+[ \\t]+Submitter:[ \\t]+\\S+[ \\t]+Report-ID:[ \\t]+<[^<>@\\s]+@[^<>@\\s]+>.*");
    private static final Pattern NAME = Pattern.compile("[^!\\s]+![^!\\s]+![0-9]+![0-9]+(?:![A-Za-z0-9]+)?\\.json(?:\\.gz)?");
    private static final Pattern TAG = Pattern.compile("(?:^|;)\\s*([a-z]+)\\s*=([^;]*)");
    private static final List<String> OWN_FIELDS = List.of("TLS-Report-Domain", "TLS-Report-Submitter");
    /** A mail begins with a field, or with the line that a mailbox puts before it. */
    private static final Pattern BEGINNING = Pattern.compile("(?:From |[A-Za-z0-9-]{1,100}[ \\t]*:)");

    private final MailText mail;
    private final Findings findings;

    private ReportMailCheck(MailText mail, Findings findings) {
        this.mail = mail;
        this.findings = findings;
    }

    /** Tests whether octets begin as a mail does, and not as JSON or gzip. */
    static boolean isMail(byte[] octets) {
        return BEGINNING.matcher(new String(octets, 0, Math.min(octets.length, 200), StandardCharsets.ISO_8859_1))
            .lookingAt();
    }

    static ReportCheck.Result of(byte[] octets) {
        Findings findings = new Findings();
        ReportMailCheck check = new ReportMailCheck(MailText.of(octets), findings);
        check.header();
        Optional<byte[]> report = check.report();
        ReportCheck.Result result = report.map(found -> ReportCheck.ofReport(found, findings))
            .orElseGet(() -> ReportCheck.ofNothing(findings));
        check.submitter(result.contactDomain());
        return result.with(findings);
    }

    private void header() {
        if (!mail.mediaType().equals("multipart/report")) {
            findings.breach(TRANSPORT, CONTENT_TYPE, Findings.shown(mail.mediaType()) + " is not multipart/report");
        } else if (!mail.parameter("content-type", "report-type").orElse("").equalsIgnoreCase("tlsrpt")) {
            findings.breach(TRANSPORT, CONTENT_TYPE, "its report-type is not tlsrpt");
        }
        for (String name : OWN_FIELDS) {
            if (mail.first(name.toLowerCase(Locale.ROOT)).isEmpty()) {
                findings.breach(TRANSPORT, name, "it is missing");
            }
        }
        Optional<String> subject = mail.first("subject");
        if (subject.filter(text -> SUBJECT.matcher(text).matches()).isEmpty()) {
            findings.advice(TRANSPORT, "Subject", subject.map(Findings::shown).orElse("nothing")
                + " is not of the form \"Report Domain: ... Submitter: ... Report-ID: <...@...>\"");
        }
    }

    /** The octets of the report in the mail; empty where there is none that can be read. */
    private Optional<byte[]> report() {
        List<MailText> parts = mail.parts();
        if (!parts.isEmpty() && !parts.get(0).mediaType().startsWith("text/")) {
            findings.advice(TRANSPORT, "part 1", Findings.shown(parts.get(0).mediaType()) + " is no text for people");
        }
        Optional<MailText> part = parts.stream().filter(each -> Set.of(GZIP, JSON).contains(each.mediaType())).findFirst();
        if (part.isEmpty()) {
            findings.breach(TRANSPORT, MAIL, "no part of it is of the type " + GZIP + " or " + JSON);
            return Optional.empty();
        }
        Optional<byte[]> octets = part.get().decoded();
        if (octets.isEmpty()) {
            findings.breach(TRANSPORT, MAIL, "the part with the report cannot be decoded");
            return Optional.empty();
        }
        boolean gzip = part.get().mediaType().equals(GZIP);
        if (gzip != ReportCheck.isGzip(octets.get())) {
            findings.breach(TRANSPORT, CONTENT_TYPE, "the report is not what its type says, " + part.get().mediaType());
        } else if (!gzip) {
            findings.advice(ReportCheck.GZIP, CONTENT_TYPE, "the report is not compressed by gzip");
        }
        fileName(part.get(), ReportCheck.isGzip(octets.get()));
        return octets;
    }

    private void fileName(MailText part, boolean gzip) {
        Optional<String> name = part.parameter("content-disposition", "filename").or(() -> part.parameter("content-type", "name"));
        if (name.filter(text -> text.length() < 2000 && NAME.matcher(text).matches()).isEmpty()) {
            findings.advice(FILE_NAME, "filename", name.map(Findings::shown).orElse("nothing")
                + " is not of the form submitter!domain!begin!end!id.json.gz");
        }
        if (name.filter(text -> text.endsWith(gzip ? ".json" : ".gz")).isPresent()) {
            findings.breach(FILE_NAME, "filename", Findings.shown(name.get()) + " does not end as its content demands");
        }
    }

    private void submitter(Optional<String> contactDomain) {
        Optional<String> submitter = mail.first("tls-report-submitter");
        if (contactDomain.isPresent() && submitter.filter(text -> !text.equalsIgnoreCase(contactDomain.get())).isPresent()) {
            findings.breach(TRANSPORT, OWN_FIELDS.get(1), Findings.shown(submitter.get()) + " is not the domain of contact-info, "
                + Findings.shown(contactDomain.get()));
        }
        List<String> signatures = mail.all("dkim-signature");
        if (signatures.isEmpty()) {
            findings.breach(REPORTING_POLICY, "DKIM-Signature", "it is missing");
            return;
        }
        if (signatures.stream().anyMatch(text -> tag(text, "l").isPresent())) {
            findings.breach(REPORTING_POLICY, "DKIM-Signature", "its tag l leaves part of the mail unsigned");
        }
        List<String> ours = signatures.stream().filter(text -> contactDomain.isEmpty()
            || tag(text, "d").filter(domain -> isBy(domain, contactDomain.get())).isPresent()).toList();
        if (ours.isEmpty()) {
            findings.breach(REPORTING_POLICY, "DKIM-Signature", "none is by the reporting domain, "
                + Findings.shown(contactDomain.orElse("")));
        } else if (ours.stream().noneMatch(ReportMailCheck::signsOwnFields)) {
            findings.advice(TRANSPORT, "DKIM-Signature", "its tag h does not name TLS-Report-Domain and TLS-Report-Submitter");
        }
    }

    /** Tests whether a signature is by a domain or one above it. */
    private static boolean isBy(String signer, String domain) {
        return ("." + domain).toLowerCase(Locale.ROOT).endsWith("." + signer.toLowerCase(Locale.ROOT));
    }

    private static boolean signsOwnFields(String signature) {
        Set<String> signed = Set.copyOf(List.of(tag(signature, "h").orElse("").toLowerCase(Locale.ROOT).split("\\s*:\\s*")));
        return OWN_FIELDS.stream().allMatch(name -> signed.contains(name.toLowerCase(Locale.ROOT)));
    }

    /** A tag of a signature (RFC 6376 §3.2). */
    private static Optional<String> tag(String signature, String name) {
        Matcher tag = TAG.matcher(signature);
        while (tag.find()) {
            if (tag.group(1).equals(name)) {
                return Optional.of(tag.group(2).strip());
            }
        }
        return Optional.empty();
    }
}
