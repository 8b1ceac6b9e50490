/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.cli;

import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

import org.jamesdane.dane.policy.NextHop;
import org.jamesdane.dane.policy.Policy;
import org.jamesdane.dane.policy.PolicyTable;
import org.jamesdane.dane.routing.AddressRange;
import org.jamesdane.dane.routing.RoutingRules;
import org.jamesdane.dane.tlsa.TlsaSearch;
import org.jamesdane.delivery.diagnosis.Diagnosis;
import org.jamesdane.delivery.settings.BindAddresses;
import org.jamesdane.delivery.settings.DeliverySettings;
import org.jamesdane.delivery.settings.EightBitConversion;
import org.jamesdane.delivery.sts.StsTerms;
import org.jamesdane.dns.validating.ValidatingDns;
import org.jamesdane.smtp.SocketSmtpConnector;
import org.jamesdane.smtp.Timeouts;
import org.jamesdane.tls.TlsOffer;
import picocli.CommandLine.Option;

/** Command-line options for the DNS and the connections; opens the validator and the connector that they describe. */
final class CheckOptions extends ResolverOptions {
    private static final Timeouts TIMEOUTS = Timeouts.defaults().withConnect(Duration.ofSeconds(10)).withEachStep(Duration.ofSeconds(20));

    @Option(names = "--port", paramLabel = "PORT", description = "The port of the mail hosts. Default: ${DEFAULT-VALUE}.")
    private int port = NextHop.SMTP_PORT;

    @Option(names = "--helo", paramLabel = "NAME", description = "The name to say in EHLO. Default: ${DEFAULT-VALUE}.")
    private String heloName = "localhost";

    @Option(names = "--special-targets", paramLabel = "NETWORK", description = "Private, loopback and other special addresses that may "
        + "be connected to all the same, as smtp.allowed-special-targets in dane.properties: 127.0.0.0/8 for example. Can be repeated. "
        + "Default: none.")
    private List<String> specialTargets = new ArrayList<>();

    int port() {
        return checked("--port", port);
    }

    static int checked(String option, int port) {
        if (port < 1 || port > 65_535) {
            throw new LocalFailure(option + "=" + port + " is not allowed; it is a number from 1 to 65535.");
        }
        return port;
    }

    /**
     * Starts a validator, waits for its self-test, and makes ready to connect.
     *
     * @param search makes the search for MTA-STS policies
     */
    Opened open(Function<ValidatingDns, Optional<PolicySearch>> search) {
        int checkedPort = port();
        List<AddressRange> ranges = ranges("--special-targets", specialTargets);
        ValidatingDns dns = openDns();
        Optional<PolicySearch> policies = search.apply(dns);
        return new Opened(dns, new SocketSmtpConnector(), settings(checkedPort, ranges, policies), policies);
    }

    static List<AddressRange> ranges(String option, List<String> texts) {
        return texts.stream().map(text -> parsed(option, text, AddressRange::parse)).toList();
    }

    private DeliverySettings settings(int checkedPort, List<AddressRange> ranges, Optional<PolicySearch> policies) {
        RoutingRules routing = new RoutingRules(Set.of(), Set.of(), ranges, RoutingRules.DEFAULT_MAX_HOSTS,
            RoutingRules.DEFAULT_MAX_ADDRESSES);
        return new DeliverySettings(new DeliverySettings.Decision(PolicyTable.of(Policy.DANE), routing, TlsaSearch.InsecureMx.DANE,
            policies.map(PolicySearch::terms).orElse(StsTerms.OFF)),
            new DeliverySettings.Connection(checkedPort, false, heloName, BindAddresses.ANY, TIMEOUTS, TlsOffer.DEFAULT),
            List.of(), DeliverySettings.GatewayOptions.PLAIN, EightBitConversion.CONVERT);
    }

    /** A validator and a way to connect, to be closed. */
    record Opened(ValidatingDns dns, SocketSmtpConnector connector, DeliverySettings settings, Optional<PolicySearch> policies)
            implements AutoCloseable {
        Diagnosis diagnosis() {
            return new Diagnosis(dns, connector, settings, Optional.empty(), Clock.systemUTC(), new SecureRandom());
        }

        /** Fault of the resolvers, if none of them can be used. */
        Optional<String> outOfOrder() {
            return ResolverOptions.outOfOrder(dns);
        }

        @Override
        public void close() {
            connector.close();
            policies.ifPresent(PolicySearch::close);
            dns.close();
        }
    }
}
