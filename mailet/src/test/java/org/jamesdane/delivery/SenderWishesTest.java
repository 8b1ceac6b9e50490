/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;

import org.jamesdane.dane.channel.SecurityLabel;
import org.jamesdane.dane.outcome.Outcome;
import org.jamesdane.dane.pkix.Authorities;
import org.jamesdane.dane.policy.Policy;
import org.jamesdane.dane.policy.SenderTlsPreference;
import org.jamesdane.delivery.settings.DeliverySettings;
import org.jamesdane.dns.Lookup;
import org.jamesdane.dns.RecordType;
import org.jamesdane.smtp.Envelope;
import org.jamesdane.smtp.Phase;
import org.jamesdane.testing.pki.Credential;
import org.jamesdane.testing.pki.TestPki;
import org.jamesdane.testing.smtp.Fault;
import org.jamesdane.testing.smtp.Point;
import org.jamesdane.testing.smtp.ScriptedSmtpServer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** REQUIRETLS and TLS-Required (RFC 8689). */
class SenderWishesTest {
    private static final TestMail REQUIRING = TestMail.to("bob@example.com").wishing(SenderTlsPreference.REQUIRED);
    private static final TestMail EASING = TestMail.to("bob@example.com").wishing(SenderTlsPreference.OPTIONAL);
    private static final Credential IMPOSTOR = TestPki.selfSigned("impostor").issue();

    private final Deliveries world = new Deliveries(81);

    @AfterEach
    void stop() {
        world.close();
    }

    @Test
    void shouldSendTheParameterOverAnAuthenticatedChannelThatOffersIt() {
        ScriptedSmtpServer server = world.start(world.tls(Deliveries.HOST).extensionsAfterTls("REQUIRETLS"));

        assertThat(world.deliver(world.dane(server), REQUIRING)).singleElement()
            .isInstanceOfSatisfying(Outcome.Delivered.class, done -> assertThat(done.label()).isEqualTo(SecurityLabel.VERIFIED));
        assertThat(server.messages().get(0).sender().parameters()).contains("REQUIRETLS");
    }

    @Test
    void shouldReturnAMailWhoseHostsOfferNoRequireTlsUnderTls() {
        // RFC 8689 §2: what was offered before TLS is nobody's promise.
        ScriptedSmtpServer server = world.start(world.tls(Deliveries.HOST).extensions("REQUIRETLS").extensionsAfterTls("8BITMIME"));

        assertBounced(world.deliver(world.dane(server), REQUIRING), "5.7.30", "does not offer REQUIRETLS");
        assertNothingSent(server);
    }

    @Test
    void shouldReturnAMailWhoseHostsCannotBeAuthenticated() {
        ScriptedSmtpServer server = world.start(world.tls(IMPOSTOR).extensionsAfterTls("REQUIRETLS"));

        assertBounced(world.deliver(world.dane(server), REQUIRING), "5.7.10", "no TLSA record matches");
        assertNothingSent(server);
    }

    @Test
    void shouldReturnAMailWhoseHostOffersNoTls() {
        ScriptedSmtpServer server = world.start(world.plain().extensions("REQUIRETLS"));

        assertBounced(world.deliver(world.host(FakeDns.signed(), server), REQUIRING), "5.7.10", "STARTTLS");
        assertNothingSent(server);
    }

    @Test
    void shouldNotConnectWhereUnsignedMxRecordsNameTheHost() {
        ScriptedSmtpServer server = world.start(world.tls(Deliveries.HOST).extensionsAfterTls("REQUIRETLS"));

        assertBounced(world.deliver(world.host(FakeDns.unsigned(), server), REQUIRING), "5.7.10", "not signed");
        assertThat(server.connections()).isZero();
    }

    @Test
    void shouldGoOnToAHostThatMeetsIt() {
        ScriptedSmtpServer first = world.start(world.tls(Deliveries.HOST));
        ScriptedSmtpServer second = world.start(world.tls(Deliveries.HOST).extensionsAfterTls("REQUIRETLS"));
        FakeDns dns = FakeDns.signed().mx("example.com", "mx1.example.com", "mx2.example.com")
            .address("mx1.example.com", Deliveries.ip(first)).tlsa(owner("mx1"), Deliveries.HOST.association(3, 1, 1))
            .address("mx2.example.com", Deliveries.ip(second)).tlsa(owner("mx2"), Deliveries.HOST.association(3, 1, 1));

        assertThat(world.deliver(dns, REQUIRING)).singleElement()
            .isInstanceOfSatisfying(Outcome.Delivered.class, done -> assertThat(done.host()).isEqualTo("mx2.example.com"));
        assertNothingSent(first);
    }

    @Test
    void shouldAcceptAHostThatAPublicAuthorityVouchesFor() {
        Credential certified = TestPki.authority("Public CA").leaf("mx.example.com").issue();
        world.wishes = new DeliverySettings.SenderWishes(false,
            Authorities.own(Set.of(TestPki.authority("Public CA").certificate())));
        ScriptedSmtpServer server = world.start(world.tls(certified).extensionsAfterTls("REQUIRETLS"));

        assertThat(world.deliver(world.host(FakeDns.signed(), server), REQUIRING)).singleElement().isInstanceOfSatisfying(
            Outcome.Delivered.class, done -> assertThat(done.label()).isEqualTo(SecurityLabel.HOST_AUTHENTICATED));
        assertThat(server.messages().get(0).sender().parameters()).contains("REQUIRETLS");
    }

    @Test
    void shouldDeferWhenALookupFailsOrAHostCannotBeReached() {
        ScriptedSmtpServer server = world.start(world.tls(Deliveries.HOST));
        FakeDns bogus = world.host(FakeDns.signed(), server).failing(owner("mx"), RecordType.TLSA, Lookup.Reason.BOGUS);
        assertThat(world.deliver(bogus, REQUIRING)).singleElement().isInstanceOf(Outcome.Deferred.class);

        FakeDns dead = world.dane(server);
        server.close();
        assertThat(world.deliver(dead, REQUIRING)).singleElement().isInstanceOf(Outcome.Deferred.class);
    }

    @Test
    void shouldDeferWhenTlsIsNotAvailableForNow() {
        // RFC 3207 §4: 454, "TLS not available due to temporary reason".
        ScriptedSmtpServer server = world.start(world.tls(Deliveries.HOST).fault(Point.STARTTLS, Fault.reply("454 4.7.0 Not now")));

        assertThat(world.deliver(world.dane(server), REQUIRING)).singleElement().isInstanceOf(Outcome.Deferred.class);
    }

    @Test
    void shouldDeferWhenTheHandshakeBreaksOffOrLastsTooLong() {
        // RFC 8689 §4.2.1 returns a mail where no authenticated TLS can be had; a broken connection does not say that, nor does a slow one.
        ScriptedSmtpServer reset = world.start(world.tls(Deliveries.HOST).fault(Point.HANDSHAKE, Fault.reset()));
        assertThat(world.deliver(world.dane(reset), REQUIRING)).singleElement().isInstanceOf(Outcome.Deferred.class);

        world.timeouts = world.timeouts.with(Phase.TLS_HANDSHAKE, Duration.ofMillis(200));
        ScriptedSmtpServer silent = world.start(world.tls(Deliveries.HOST).fault(Point.HANDSHAKE, Fault.stall()));
        assertThat(world.deliver(world.dane(silent), REQUIRING)).singleElement().isInstanceOf(Outcome.Deferred.class);
        assertNothingSent(reset);
        assertNothingSent(silent);
    }

    @Test
    void shouldNotLoseANotificationForWantOfRequireTls() {
        TestMail notification = TestMail.to("bob@example.com");
        Envelope nobody = Envelope.of(Optional.empty(), notification.envelope().recipients());
        TestMail bounce = notification.in(nobody).wishing(SenderTlsPreference.REQUIRED);
        ScriptedSmtpServer without = world.start(world.tls(Deliveries.HOST));

        // RFC 8689 §5: SHOULD NOT be discarded where the next hop does not offer it; with it where it does.
        assertThat(world.deliver(world.dane(without), bounce)).singleElement().isInstanceOf(Outcome.Delivered.class);
        assertThat(without.messages().get(0).sender().parameters()).doesNotContain("REQUIRETLS");

        ScriptedSmtpServer with = world.start(world.tls(Deliveries.HOST).extensionsAfterTls("REQUIRETLS"));
        assertThat(world.deliver(world.dane(with), bounce)).singleElement().isInstanceOf(Outcome.Delivered.class);
        assertThat(with.messages().get(0).sender().parameters()).contains("REQUIRETLS");
    }

    @Test
    void shouldHonourTlsRequiredNoOnlyWhereConfiguredAndSaySo() {
        ScriptedSmtpServer server = world.start(world.tls(IMPOSTOR));
        assertThat(world.deliver(world.dane(server), EASING)).singleElement().isInstanceOf(Outcome.Deferred.class);
        assertNothingSent(server);

        world.audit.clear();
        world.wishes = new DeliverySettings.SenderWishes(true, Authorities.NONE);
        assertThat(world.deliver(world.dane(server), EASING)).singleElement()
            .isInstanceOfSatisfying(Outcome.Delivered.class, done -> assertThat(done.label()).isEqualTo(SecurityLabel.ENCRYPTED));
        assertThat(world.audit).isNotEmpty().allSatisfy(event ->
            assertThat(event.delivery().policy().source()).isEqualTo("default, eased by TLS-Required: No"));
    }

    @Test
    void shouldNotLetTlsRequiredNoEaseWhatTheOperatorDemands() {
        world.wishes = new DeliverySettings.SenderWishes(true, Authorities.NONE);
        ScriptedSmtpServer server = world.start(world.tls(IMPOSTOR));
        world.policy = Policy.DANE_ONLY;
        assertThat(world.deliver(world.dane(server), EASING)).singleElement().isInstanceOf(Outcome.Deferred.class);
        assertNothingSent(server);

        ScriptedSmtpServer plain = world.start(world.plain());
        world.policy = Policy.DANE_ENCRYPT;
        assertThat(world.deliver(world.host(FakeDns.signed(), plain), EASING)).singleElement().isInstanceOf(Outcome.Deferred.class);
        assertNothingSent(plain);
    }

    private String owner(String host) {
        return "_" + world.port + "._tcp." + host + ".example.com";
    }

    private static void assertBounced(List<Outcome> outcomes, String code, String text) {
        assertThat(outcomes).singleElement().isInstanceOfSatisfying(Outcome.Bounced.class, bounced -> {
            assertThat(bounced.reason().code()).hasToString(code);
            assertThat(bounced.reason().text()).contains(text).contains("REQUIRETLS");
        });
    }

    private static void assertNothingSent(ScriptedSmtpServer server) {
        assertThat(server.sessions()).allSatisfy(session -> assertThat(session.verbs()).doesNotContain("MAIL", "RCPT", "DATA"));
    }
}
