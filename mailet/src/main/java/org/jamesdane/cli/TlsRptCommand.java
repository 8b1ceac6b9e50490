/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.cli;

import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;

import org.jamesdane.dane.routing.Resolution;
import org.jamesdane.dns.DomainName;
import org.jamesdane.dns.RecordType;
import org.jamesdane.dns.TxtRecord;
import org.jamesdane.dns.validating.ValidatingDns;
import org.jamesdane.text.JsonText;
import org.jamesdane.text.PrintableText;
import org.jamesdane.tlsrpt.Finding;
import org.jamesdane.tlsrpt.ReportCheck;
import org.jamesdane.tlsrpt.Rua;
import org.jamesdane.tlsrpt.TlsRptRecord;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code dane-check tlsrpt}: the wish of a domain for TLS reports, and the form of a report that was received. */
@Command(name = "tlsrpt", mixinStandardHelpOptions = true, versionProvider = Version.class,
    footer = "%nExit status: 0 reports can be sent to all places that it names; 1 it asks for none, or to some place none can be sent; "
    + "2 its record is invalid; 3 wrong usage, or a failure on this side.",
    description = "Prints where a domain wants its TLS reports (RFC 8460), or, by the command check, compares a report with the RFC.")
final class TlsRptCommand implements Callable<Integer> {
    private static final String STANDARD_INPUT = "-";

    private final InputStream in;
    private final PrintStream out;

    @Mixin
    private ResolverOptions surroundings = new ResolverOptions();

    @Parameters(paramLabel = "DOMAIN", arity = "0..1", description = "The domain of recipients, or a TLSA base domain.")
    private String domain = "";

    TlsRptCommand(InputStream in, PrintStream out) {
        this.in = in;
        this.out = out;
    }

    @Override
    public Integer call() {
        if (domain.isEmpty()) {
            throw new LocalFailure("No domain was given.");
        }
        DomainName name;
        try {
            DomainName asked = DomainName.of(domain);
            name = TlsRptRecord.nameFor(asked).orElseThrow(() -> new LocalFailure(asked + " is too long to have a record of TLS reports."));
        } catch (IllegalArgumentException e) {
            throw new LocalFailure(e.getMessage() + ".");
        }
        try (ValidatingDns dns = surroundings.openDns()) {
            ResolverOptions.outOfOrder(dns).ifPresent(problem -> {
                throw new LocalFailure(problem + (problem.endsWith(".") ? "" : "."));
            });
            Resolution<TxtRecord> answer = Resolution.by(name, each -> dns.lookup(each, RecordType.TXT).toCompletableFuture().join());
            answer.records().forEach(record -> out.println("; " + name + ". IN TXT " + record.toString().replace('…', '.')));
            return print(name, TlsRptRecord.of(answer));
        }
    }

    private int print(DomainName name, TlsRptRecord record) {
        if (record instanceof TlsRptRecord.LookupFailed failed) {
            throw new LocalFailure(name + " could not be looked up: " + PrintableText.of(failed.failure().text()) + ".");
        }
        if (record instanceof TlsRptRecord.Invalid invalid) {
            out.println("; the record is invalid: " + invalid.text());
            return DaneCheck.NOT_DELIVERED;
        }
        if (!(record instanceof TlsRptRecord.Published published)) {
            out.println("; it asks for no TLS reports");
            return DaneCheck.NOT_PROTECTED;
        }
        published.rua().stream().map(Rua::toString).forEach(out::println);
        published.refused().forEach(text -> out.println("; not used: " + text));
        return published.refused().isEmpty() ? DaneCheck.AUTHENTICATED : DaneCheck.NOT_PROTECTED;
    }

    @Command(name = "check", mixinStandardHelpOptions = true, versionProvider = Version.class,
        footer = "%nExit status: 0 the report follows the RFC; 1 it differs from its advice; 2 it breaks a rule; 3 wrong usage, or a "
        + "failure on this side.",
        description = "Compares a TLS report with RFC 8460, and names each difference with its section.")
    int check(@Option(names = "--json", description = "Print one line of JSON.") boolean json,
            @Parameters(paramLabel = "FILE", description = "A report of at most 10 MiB, as JSON or behind gzip, or the mail that "
                + "brings it; - for standard input. Signatures of a mail are looked at, and not verified.")
            String file) throws IOException {
        ReportCheck.Result result = ReportCheck.of(read(file));
        if (json) {
            out.println(JsonText.of(tree(file, result)));
        } else {
            print(result);
        }
        return result.gravest().map(weight -> weight == Finding.Weight.BREACH ? DaneCheck.NOT_DELIVERED : DaneCheck.NOT_PROTECTED)
            .orElse(DaneCheck.AUTHENTICATED);
    }

    private byte[] read(String file) throws IOException {
        if (file.equals(STANDARD_INPUT)) {
            return in.readNBytes(ReportCheck.MAX_OCTETS + 1);
        }
        Path path = Path.of(file);
        if (!Files.isRegularFile(path)) {
            throw new LocalFailure("There is no file " + PrintableText.of(file) + ".");
        }
        try (InputStream stream = Files.newInputStream(path)) {
            return stream.readNBytes(ReportCheck.MAX_OCTETS + 1);
        }
    }

    private void print(ReportCheck.Result result) {
        result.reportId().ifPresent(id -> out.println("; report " + PrintableText.of(id) + result.contactDomain()
            .map(from -> " of " + PrintableText.of(from)).orElse("") + ": sessions that succeeded " + result.successes()
            + ", that failed " + result.failures()));
        result.findings().forEach(out::println);
        if (result.leftOut() > 0) {
            out.println("; and " + result.leftOut() + " more");
        }
        if (result.findings().isEmpty()) {
            out.println("; it follows RFC 8460");
        }
    }

    private static Map<String, Object> tree(String file, ReportCheck.Result result) {
        Map<String, Object> tree = new LinkedHashMap<>();
        tree.put("file", file);
        result.reportId().ifPresent(id -> tree.put("reportId", id));
        result.contactDomain().ifPresent(from -> tree.put("submitter", from));
        tree.put("successes", result.successes());
        tree.put("failures", result.failures());
        List<Map<String, Object>> findings = result.findings().stream().map(TlsRptCommand::tree).toList();
        tree.put("findings", findings);
        tree.put("leftOut", result.leftOut());
        return tree;
    }

    private static Map<String, Object> tree(Finding finding) {
        Map<String, Object> tree = new LinkedHashMap<>();
        tree.put("weight", finding.weight().toString());
        tree.put("where", finding.where());
        tree.put("text", finding.text());
        tree.put("section", finding.section());
        return tree;
    }
}
