/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.james;

import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;

import org.jamesdane.dane.policy.Policy;
import org.jamesdane.dane.policy.PolicyTable;
import org.jamesdane.dane.routing.AddressRange;
import org.jamesdane.dane.routing.RoutingRules;
import org.jamesdane.dane.tlsa.TlsaSearch;
import org.jamesdane.delivery.TestMail;
import org.jamesdane.delivery.attempt.DeliveryAttempt;
import org.jamesdane.delivery.diagnosis.SevenDestinations;
import org.jamesdane.delivery.monitoring.AuditEvent;
import org.jamesdane.delivery.settings.BindAddresses;
import org.jamesdane.delivery.settings.DeliverySettings;
import org.jamesdane.delivery.settings.EightBitConversion;
import org.jamesdane.dns.validating.ValidatingDns;
import org.jamesdane.smtp.SocketSmtpConnector;
import org.jamesdane.smtp.Timeouts;
import org.jamesdane.testing.golden.GoldenRecord;
import org.jamesdane.tls.TlsOffer;
import org.junit.jupiter.api.Test;

/** Every audit line of mails to the demonstration's destinations. */
class AuditGoldenTest {
    private static DeliverySettings settings(Policy policy, int port) {
        RoutingRules routing = new RoutingRules(Set.of(), Set.of(), List.of(AddressRange.parse("127.0.0.0/8")), 10, 5);
        return new DeliverySettings(new DeliverySettings.Decision(PolicyTable.of(policy), routing, TlsaSearch.InsecureMx.DANE),
            new DeliverySettings.Connection(port, false, "client.example", BindAddresses.ANY,
            Timeouts.defaults().withEachStep(Duration.ofSeconds(20)), TlsOffer.DEFAULT), List.of(), DeliverySettings.GatewayOptions.PLAIN,
            EightBitConversion.CONVERT);
    }

    @Test
    void shouldAuditAsRecorded() throws IOException {
        GoldenRecord record = new GoldenRecord("audit-lines.txt");
        try (SevenDestinations destinations = new SevenDestinations("127.79.14");
             SocketSmtpConnector connector = new SocketSmtpConnector()) {
            ValidatingDns dns = destinations.world().validator(destinations.dns(), Clock.systemUTC());
            for (String policy : List.of("dane", "audit", "encrypt", "authenticated", "dane-only")) {
                for (String domain : SevenDestinations.DOMAINS) {
                    record.title(policy + " " + domain);
                    List<AuditEvent> events = new ArrayList<>();
                    new DeliveryAttempt(dns, connector, settings(Policy.parse(policy), destinations.world().port()), events::add,
                        Clock.systemUTC(), new Random(1)).deliver(TestMail.to("user@" + domain));
                    for (AuditEvent event : events) {
                        AuditLine line = AuditLine.of(event, "validate", true);
                        record.add(line.toJson());
                        record.add(line.isSuccess() ? line.toSuccessJson() : "no success");
                    }
                }
            }
        }

        record.check();
    }
}
