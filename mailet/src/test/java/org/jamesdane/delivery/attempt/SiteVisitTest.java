/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.delivery.attempt;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;

import org.jamesdane.dane.channel.SecurityLabel;
import org.jamesdane.dane.policy.NextHop;
import org.jamesdane.dane.policy.Policy;
import org.jamesdane.delivery.FakeDns;
import org.jamesdane.delivery.TestMail;
import org.jamesdane.delivery.destination.AttemptEnd;
import org.jamesdane.delivery.destination.Reachability;
import org.jamesdane.delivery.destination.SiteKey;
import org.jamesdane.delivery.destination.SitePass;
import org.jamesdane.dns.DomainName;
import org.jamesdane.testing.smtp.Fault;
import org.jamesdane.testing.smtp.Point;
import org.jamesdane.testing.smtp.ScriptedSmtpServer;
import org.junit.jupiter.api.Test;

/** Entrance of attempts into the sites of their mails, and what the attempts show there. */
class SiteVisitTest extends AttemptBed {
    private final List<SiteKey> entered = new ArrayList<>();

    SiteVisitTest() {
        pass = entered::add;
    }

    @Test
    void shouldConnectToNobodyWhereTheSiteHasNoPlace() throws Exception {
        ScriptedSmtpServer server = start(tls(HOST));
        pass = site -> false;

        deliver(dane(server, HOST));

        assertThat(visit.yielded()).isTrue();
        assertThat(server.connections()).isZero();
        assertThat(audit).isEmpty();
    }

    @Test
    void shouldEnterTheSiteOfTheMxHostsBeforeConnecting() throws Exception {
        ScriptedSmtpServer server = start(tls(HOST));

        deliver(dane(server, HOST));

        assertThat(entered).containsExactly(SiteKey.of(List.of("mx.example.com"), port));
        assertThat(visit.yielded()).isFalse();
        assertEnd(Reachability.REACHED, Reachability.REACHED, Reachability.REACHED);
    }

    @Test
    void shouldYieldWhereTheFirstAddressHasNoPlace() throws Exception {
        ScriptedSmtpServer server = start(tls(HOST));
        pass = passTo();

        assertThat(deliver(dane(server, HOST))).isEmpty();

        assertThat(visit.yielded()).isTrue();
        assertThat(server.connections()).isZero();
        assertThat(audit).isEmpty();
    }

    @Test
    void shouldAskAFullAddressOnceAnotherWasAsked() throws Exception {
        ScriptedSmtpServer refusing = start(builder().fault(Point.BANNER, Fault.replyThenClose("421 too busy")));
        ScriptedSmtpServer full = start(builder());
        pass = passTo(ip(refusing));

        assertDelivered(deliver(FakeDns.unsigned().mx("example.com", "one.example.com", "two.example.com")
            .address("one.example.com", ip(refusing)).address("two.example.com", ip(full))), SecurityLabel.CLEAR);

        assertThat(visit.yielded()).isFalse();
        assertThat(full.accepted()).isEqualTo(1);
    }

    @Test
    void shouldEnterOneSiteForAllGateways() throws Exception {
        ScriptedSmtpServer server = start(tls(IMPOSTOR));
        List<NextHop> gateways = List.of(new NextHop.Host(DomainName.of("one.example"), port),
            new NextHop.Host(DomainName.of("two.example"), port));

        deliver(FakeDns.signed().address("one.example", ip(server)).address("two.example", ip(server)),
            settings(Policy.DANE, gateways), TestMail.to("bob@example.com"));

        assertThat(entered).containsExactly(SiteKey.of(gateways.stream().map(NextHop::toString).toList(), 25));
    }

    @Test
    void shouldBlameTheSiteForA421BeforeAnyRecipient() throws Exception {
        ScriptedSmtpServer server = start(tls(HOST).fault(Point.BANNER, Fault.replyThenClose("421 too busy")));

        deliver(dane(server, HOST));

        assertEnd(Reachability.FAILED, Reachability.UNKNOWN, Reachability.FAILED);
    }

    @Test
    void shouldBlameTheDomainForRecordsThatDoNotFit() throws Exception {
        ScriptedSmtpServer server = start(tls(IMPOSTOR));

        deliver(dane(server, HOST));

        assertEnd(Reachability.FAILED, Reachability.FAILED, Reachability.UNKNOWN);
    }

    @Test
    void shouldBlameTheDomainForStartTlsThatItsRecordsDemand() throws Exception {
        ScriptedSmtpServer server = start(builder());

        deliver(dane(server, HOST));

        assertEnd(Reachability.FAILED, Reachability.FAILED, Reachability.UNKNOWN);
    }

    @Test
    void shouldBlameNobodyForARefusedRecipient() throws Exception {
        ScriptedSmtpServer server = start(tls(HOST).replyTo("bob@example.com", "550 no such domain here"));

        deliver(dane(server, HOST));

        assertEnd(Reachability.REACHED, Reachability.REACHED, Reachability.REACHED);
    }

    @Test
    void shouldBlameTheDomainForAConnectionThatEndsAtRcpt() throws Exception {
        ScriptedSmtpServer server = start(tls(HOST).fault(Point.RCPT, Fault.close()));

        deliver(dane(server, HOST));

        assertEnd(Reachability.FAILED, Reachability.FAILED, Reachability.UNKNOWN);
    }

    /** A pass into every site, with a place at these addresses alone; one that comes from another address is let in. */
    private static SitePass passTo(InetAddress... free) {
        return new SitePass() {
            @Override
            public boolean enter(SiteKey site) {
                return true;
            }

            @Override
            public boolean arrive(InetAddress address, boolean first) {
                return !first || List.of(free).contains(address);
            }
        };
    }

    /** The end of the attempt, whose outcomes say this of the destination as a whole. */
    private void assertEnd(Reachability reach, Reachability domain, Reachability site) {
        assertThat(visit.end(reach)).isEqualTo(new AttemptEnd.Ended(domain, site));
    }
}
