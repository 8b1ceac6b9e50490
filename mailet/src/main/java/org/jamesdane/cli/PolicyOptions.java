/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.cli;

import java.io.IOException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

import org.jamesdane.dane.pkix.Authorities;
import org.jamesdane.dane.routing.AddressRange;
import org.jamesdane.dns.validating.ValidatingDns;
import org.jamesdane.https.CertificateFile;
import org.jamesdane.https.PlatformAuthorities;
import org.jamesdane.https.PolicyHosts;
import picocli.CommandLine.Option;

/** Command-line options for MTA-STS. */
final class PolicyOptions {
    @Option(names = "--no-mta-sts", description = "Ask for no MTA-STS policies (RFC 8461), as policy.mta-sts=off in dane.properties. "
        + "Otherwise the policy is fetched anew for each domain; what a server has kept of it is not known here.")
    private boolean noMtaSts;

    @Option(names = "--authorities", paramLabel = "FILE", description = "A file with the CAs, in PEM, that prove the names of hosts and "
        + "policy hosts under MTA-STS, as pki.authorities in dane.properties. Default: those that this Java trusts.")
    private Optional<Path> authorities = Optional.empty();

    @Option(names = "--https-port", paramLabel = "PORT", description = "The port of MTA-STS policy hosts. Default: ${DEFAULT-VALUE}.")
    private int httpsPort = PolicyHosts.HTTPS_PORT;

    @Option(names = "--https-special-targets", paramLabel = "NETWORK", description = "Private, loopback and other special addresses that "
        + "may be asked for policies all the same, as https.allowed-special-targets in dane.properties. Can be repeated. Default: none.")
    private List<String> httpsSpecialTargets = new ArrayList<>();

    /** Checks the options, and makes a search by them for a validator that is started later. */
    Function<ValidatingDns, Optional<PolicySearch>> search() {
        if (noMtaSts) {
            return dns -> Optional.empty();
        }
        int port = CheckOptions.checked("--https-port", httpsPort);
        List<AddressRange> ranges = CheckOptions.ranges("--https-special-targets", httpsSpecialTargets);
        Authorities trusted = trusted();
        return dns -> Optional.of(new PolicySearch(dns, trusted, ranges, port, new SecureRandom()));
    }

    private Authorities trusted() {
        try {
            return authorities.isPresent() ? Authorities.own(Set.copyOf(CertificateFile.read(authorities.get())))
                : PlatformAuthorities.read();
        } catch (IOException e) {
            throw new LocalFailure("--authorities=" + authorities.orElseThrow() + " can't be used: " + e.getMessage() + ".");
        } catch (GeneralSecurityException e) {
            throw new LocalFailure("The list of CAs that this Java trusts can't be read; name a file with --authorities.");
        }
    }
}
