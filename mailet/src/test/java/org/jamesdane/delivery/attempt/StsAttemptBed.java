/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.delivery.attempt;

import java.util.List;
import java.util.Map;
import java.util.Optional;

import org.jamesdane.dane.outcome.Outcome;
import org.jamesdane.dane.policy.Policy;
import org.jamesdane.dane.policy.PolicyTable;
import org.jamesdane.dane.tlsa.TlsaSearch;
import org.jamesdane.delivery.FakeDns;
import org.jamesdane.delivery.TestMail;
import org.jamesdane.delivery.settings.DeliverySettings;
import org.jamesdane.delivery.settings.EightBitConversion;
import org.jamesdane.delivery.sts.StsPolicySource;
import org.jamesdane.delivery.sts.StsSearch;
import org.jamesdane.delivery.sts.StsTerms;
import org.jamesdane.delivery.sts.StsWorld;
import org.jamesdane.dns.DomainName;
import org.jamesdane.mtasts.StsDemand;
import org.jamesdane.testing.pki.Authority;
import org.jamesdane.testing.pki.Credential;
import org.jamesdane.testing.pki.TestPki;
import org.jamesdane.testing.smtp.ScriptedSmtpServer;
import org.junit.jupiter.api.BeforeEach;

/** Deliveries to real hosts of a domain with an MTA-STS policy; only DNS and policy host are told what to say. */
abstract class StsAttemptBed extends AttemptBed {
    static final Authority CA = TestPki.authority("A public CA");
    static final Credential GOOD = CA.leaf("mx.example.com").issue();

    final StsWorld sts = new StsWorld();
    final FakeDns dns = FakeDns.unsigned().txt(StsWorld.TXT, "v=STSv1; id=1");
    Policy policy = Policy.DANE;
    StsDemand.Use use = StsDemand.Use.ENFORCE;

    /** Search in the place of the real one. */
    Optional<StsSearch> found = Optional.empty();

    @BeforeEach
    void servePolicy() {
        sts.served = StsWorld.policy("enforce", "mx.example.com");
    }

    List<Outcome> deliver() throws Exception {
        return deliver(dns, settings(), TestMail.to("bob@example.com"));
    }

    DeliverySettings settings() {
        DeliverySettings plain = settings(policy, List.of());
        StsTerms terms = withSearch(sts.terms(dns, use, CA.path().get(0)));
        return new DeliverySettings(new DeliverySettings.Decision(PolicyTable.of(policy, Map.of()), plain.routing(),
            TlsaSearch.InsecureMx.DANE, terms), plain.connection(), List.of(), plain.gatewayOptions(), EightBitConversion.CONVERT);
    }

    private StsTerms withSearch(StsTerms terms) {
        return found.map(search -> new StsTerms(terms.use(), terms.gateways(), terms.anchors(), new StsPolicySource() {
            @Override
            public StsSearch begin(DomainName domain) {
                return search;
            }

            @Override
            public void askAnew(DomainName domain) {
                // The search is given.
            }
        }, terms.waitingRoom(), terms.exceptions())).orElse(terms);
    }

    ScriptedSmtpServer host(Credential credential) {
        ScriptedSmtpServer server = start(tls(credential));
        host(dns, server);
        return server;
    }
}
