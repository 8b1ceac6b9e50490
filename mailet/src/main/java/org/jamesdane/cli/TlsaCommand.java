/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.cli;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;

import org.jamesdane.dane.pkix.PeerCertificate;
import org.jamesdane.dane.tlsa.TlsaAssociation;
import org.jamesdane.dane.tlsa.TlsaUsability;
import org.jamesdane.delivery.diagnosis.CertificateSummary;
import org.jamesdane.delivery.diagnosis.HostChains;
import org.jamesdane.dns.DomainName;
import org.jamesdane.dns.TlsaRecord;
import org.jamesdane.https.CertificateFile;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code dane-check tlsa}: the records to publish for a host. */
@Command(name = "tlsa", mixinStandardHelpOptions = true, versionProvider = Version.class,
    footer = "%nExit status: 0 done; 1 an address of the host showed no certificate, others did; 3 wrong usage, or a failure on this side.",
    description = "Prints TLSA records for a certificate file, or for what a live "
    + "host shows: 3 1 1 for its key and, where the chain has issuers, 2 1 1 for theirs.")
final class TlsaCommand implements Callable<Integer> {
    /** A file of certificates; a chain has a few kilobytes. */

    private final PrintStream out;

    @Mixin
    private CheckOptions surroundings = new CheckOptions();

    @Option(names = "--certificate", paramLabel = "FILE", description = "A file with the host's certificate, and its chain behind it, in "
        + "PEM or DER. Default: connect to the host.")
    private Optional<Path> file = Optional.empty();

    @Parameters(paramLabel = "HOST", description = "The host that the MX records name.")
    private String host = "";

    TlsaCommand(PrintStream out) {
        this.out = out;
    }

    @Override
    public Integer call() throws IOException, InterruptedException {
        DomainName name;
        try {
            name = DomainName.of(host);
        } catch (IllegalArgumentException e) {
            throw new LocalFailure(e.getMessage() + ".");
        }
        String owner = "_" + surroundings.port() + "._tcp." + name + ".";
        if (file.isPresent()) {
            print(owner, read(file.get()), new LinkedHashSet<>());
            return DaneCheck.AUTHENTICATED;
        }
        return live(name, owner);
    }

    private int live(DomainName name, String owner) {
        try (CheckOptions.Opened opened = surroundings.open(dns -> Optional.empty())) {
            HostChains chains = opened.diagnosis().chains(name);
            chains.failures().forEach(failure -> out.println("; " + failure.replaceAll("[^ -~]", "?")));
            Set<String> printed = new LinkedHashSet<>();
            chains.chains().forEach(chain -> print(owner, chain, printed));
            if (printed.isEmpty()) {
                throw new LocalFailure("No address of " + name + " showed a certificate.");
            }
            return chains.failures().isEmpty() ? DaneCheck.AUTHENTICATED : DaneCheck.NOT_PROTECTED;
        }
    }

    private void print(String owner, List<PeerCertificate> chain, Set<String> printed) {
        for (int i = 0; i < chain.size(); i++) {
            PeerCertificate certificate = chain.get(i);
            int usage = i == 0 ? TlsaUsability.DANE_EE : TlsaUsability.DANE_TA;
            TlsaRecord tlsa = TlsaAssociation.of(certificate, usage, TlsaUsability.SPKI, TlsaUsability.SHA2_256)
                .orElseThrow(() -> new LocalFailure("The certificate cannot be read."));
            String line = owner + " IN TLSA " + usage + " 1 1 " + HexFormat.of().formatHex(tlsa.associationData());
            if (printed.add(line)) {
                out.println("; " + CertificateSummary.of(certificate));
                out.println(line);
            }
        }
    }

    private static List<PeerCertificate> read(Path path) {
        try {
            return CertificateFile.read(path).stream().map(PeerCertificate::of).toList();
        } catch (IOException e) {
            throw new LocalFailure("--certificate=" + path + " can't be used: " + e.getMessage() + ".");
        }
    }
}
