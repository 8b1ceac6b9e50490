/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.List;
import java.util.Optional;

import org.jamesdane.dane.channel.SecurityLabel;
import org.jamesdane.dane.outcome.Outcome;
import org.jamesdane.dane.policy.NextHop;
import org.jamesdane.dane.policy.Policy;
import org.jamesdane.dane.policy.SenderTlsPreference;
import org.jamesdane.dns.DomainName;
import org.jamesdane.dns.Lookup;
import org.jamesdane.dns.RecordType;
import org.jamesdane.smtp.Credentials;
import org.jamesdane.testing.pki.Association;
import org.jamesdane.testing.pki.Authority;
import org.jamesdane.testing.pki.Credential;
import org.jamesdane.testing.pki.TestPki;
import org.jamesdane.testing.smtp.Fault;
import org.jamesdane.testing.smtp.Point;
import org.jamesdane.testing.smtp.Script;
import org.jamesdane.testing.smtp.ScriptedSmtpServer;
import org.junit.jupiter.api.Test;

/** Use of one connection for a second mail, and where it must not be used. */
class ConnectionReuseTest extends ConnectionReuseBed {
    private static final Credential OTHER = TestPki.selfSigned("other").issue();
    private static final TestMail REQUIRING = MAIL.wishing(SenderTlsPreference.REQUIRED);

    @Test
    void shouldSendTheSecondMailOverTheConnectionOfTheFirst() {
        ScriptedSmtpServer server = start(tls());

        assertDelivered(deliver(dane(HOST), MAIL), SecurityLabel.VERIFIED);
        assertDelivered(deliver(dane(HOST), MAIL), SecurityLabel.VERIFIED);

        assertThat(server.connections()).isEqualTo(1);
        assertThat(server.accepted()).isEqualTo(2);
        assertThat(reused()).containsExactly(false, true);
    }

    @Test
    void shouldShareTheConnectionBetweenDomainsOfOneHost() {
        ScriptedSmtpServer server = start(tls());
        FakeDns dns = dane(HOST).mx("example.org", "mx.example.com");

        assertDelivered(deliver(dns, MAIL), SecurityLabel.VERIFIED);
        assertDelivered(deliver(dns, TestMail.to("carol@example.org")), SecurityLabel.VERIFIED);

        assertThat(server.connections()).isEqualTo(1);
    }

    @Test
    void shouldVerifyAnewWhenTheTlsaRecordsHaveChanged() {
        ScriptedSmtpServer server = start(tls());

        assertDelivered(deliver(dane(HOST), MAIL), SecurityLabel.VERIFIED);
        // The certificate of the connection is no longer one that the domain wants.
        assertDeferred(deliver(dane(OTHER), MAIL), "no TLSA record matches");

        assertThat(server.connections()).isEqualTo(2);
        assertThat(server.accepted()).isEqualTo(1);
        assertThat(server.session(2).transactions()).isEmpty();
        assertThat(reused()).containsExactly(false, false);
    }

    @Test
    void shouldNotUseAnIdleConnectionWhenTheTlsaLookupFails() {
        ScriptedSmtpServer server = start(tls());

        assertDelivered(deliver(dane(HOST), MAIL), SecurityLabel.VERIFIED);
        assertDeferred(deliver(dane(HOST).failing(tlsaOwner(), RecordType.TLSA, Lookup.Reason.BOGUS), MAIL), "could not be looked up");

        assertThat(server.accepted()).isEqualTo(1);
    }

    @Test
    void shouldCheckTheNamesOfEachDeliveryOnASharedConnection() {
        Authority authority = TestPki.authority("An authority");
        // The certificate bears the name of one of the two domains only, and neither the host's.
        Credential named = authority.leaf("example.com").issue();
        ScriptedSmtpServer server = start(tls(named));
        FakeDns dns = routes().mx("example.org", "mx.example.com").tlsa(tlsaOwner(), Association.of(2, 0, 1, authority.certificate()));
        now = Instant.now();

        assertDelivered(deliver(dns, MAIL), SecurityLabel.VERIFIED);
        assertDeferred(deliver(dns, TestMail.to("carol@example.org")), "the certificate is for");
        assertDelivered(deliver(dns, MAIL), SecurityLabel.VERIFIED);

        assertThat(server.accepted()).isEqualTo(2);
        // The connection that was no good for the second mail was still there for the third.
        assertThat(reused()).containsExactly(false, false, true);
    }

    @Test
    void shouldOpenAConnectionForEachBaseDomain() {
        ScriptedSmtpServer server = start(tls());
        FakeDns dns = dane(HOST).mx("example.org", "mx.example.org").address("mx.example.org", ip())
            .tlsa("_" + server.port() + "._tcp.mx.example.org", HOST.association(3, 1, 1));

        assertDelivered(deliver(dns, MAIL), SecurityLabel.VERIFIED);
        assertDelivered(deliver(dns, TestMail.to("carol@example.org")), SecurityLabel.VERIFIED);

        assertThat(server.sessions()).extracting(session -> session.clientHello().orElseThrow().serverName().orElseThrow())
            .containsExactly("mx.example.com", "mx.example.org");
    }

    @Test
    void shouldNotUseAClearTextConnectionForAMailThatDemandsTls() {
        ScriptedSmtpServer server = start(builder());

        assertDelivered(deliver(routes(), MAIL), SecurityLabel.CLEAR);
        assertDeferred(deliver(routes(), MAIL.demanding(Policy.ENCRYPT)), "does not offer STARTTLS");
        assertDelivered(deliver(routes(), MAIL), SecurityLabel.CLEAR);

        assertThat(reused()).containsExactly(false, false, true);
        assertThat(server.session(2).transactions()).isEmpty();
    }

    @Test
    void shouldNotReuseEncryptionWhereAuthenticationIsDemanded() {
        ScriptedSmtpServer server = start(tls());

        assertDelivered(deliver(routes(), MAIL.demanding(Policy.ENCRYPT)), SecurityLabel.ENCRYPTED);
        assertDeferred(deliver(dane(OTHER), MAIL), "no TLSA record matches");

        assertThat(server.accepted()).isEqualTo(1);
    }

    @Test
    void shouldSayRequireTlsForEachMailOfASharedConnectionByItself() {
        ScriptedSmtpServer server = start(tls().extensionsAfterTls("REQUIRETLS"));

        assertDelivered(deliver(dane(HOST), MAIL), SecurityLabel.VERIFIED);
        assertDelivered(deliver(dane(HOST), REQUIRING), SecurityLabel.VERIFIED);
        assertDelivered(deliver(dane(HOST), MAIL), SecurityLabel.VERIFIED);

        // RFC 8689 §4.2.1: the option goes with the message, and the channel that a message without it left serves one with it.
        assertThat(server.messages()).extracting(message -> message.sender().parameters().contains("REQUIRETLS"))
            .containsExactly(false, true, false);
        assertThat(reused()).containsExactly(false, true, true);
    }

    @Test
    void shouldNotSendRequireTlsMailToAnUnauthenticatedHost() {
        ScriptedSmtpServer server = start(tls().extensionsAfterTls("REQUIRETLS"));
        // Records that can't be used make for encryption alone, with the same server name that an authenticated connection would have:
        // by its key the idle connection comes into question.
        FakeDns dns = routes().tlsa(tlsaOwner(), HOST.association(1, 1, 1));

        assertDelivered(deliver(dns, MAIL), SecurityLabel.ENCRYPTED);
        assertBounced(deliver(dns, REQUIRING), "5.7.10");
        assertDelivered(deliver(dns, MAIL), SecurityLabel.ENCRYPTED);

        assertThat(server.accepted()).isEqualTo(2);
        assertThat(server.session(2).transactions()).isEmpty();
        assertThat(reused()).containsExactly(false, false, true);
    }

    @Test
    void shouldNotReuseAConnectionForRequireTlsIfRecordsChanged() {
        ScriptedSmtpServer server = start(tls().extensionsAfterTls("REQUIRETLS"));

        assertDelivered(deliver(dane(HOST), REQUIRING), SecurityLabel.VERIFIED);
        assertBounced(deliver(dane(OTHER), REQUIRING), "5.7.10");
        // Unsigned MX records, and the same host and connection.
        assertBounced(deliver(unsigned(), REQUIRING), "5.7.10");

        assertThat(server.accepted()).isEqualTo(1);
    }

    @Test
    void shouldNotReuseAConnectionForRequireTlsIfNotOffered() {
        ScriptedSmtpServer server = start(tls());

        assertDelivered(deliver(dane(HOST), MAIL), SecurityLabel.VERIFIED);
        assertBounced(deliver(dane(HOST), REQUIRING), "5.7.30");

        assertThat(reused()).containsExactly(false, true);
        assertThat(server.sessions()).allSatisfy(session -> assertThat(session.transactions()).hasSizeLessThan(2));
    }

    @Test
    void shouldTryTlsAgainForTheNextMailWhenAnOptionalHandshakeFailed() {
        ScriptedSmtpServer server = start(tls());
        server.nextSessions(Script.good().with(Point.HANDSHAKE, Fault.close()));

        assertDelivered(deliver(routes(), MAIL), SecurityLabel.CLEAR);
        assertDelivered(deliver(routes(), MAIL), SecurityLabel.ENCRYPTED);

        assertThat(server.connections()).isEqualTo(3);
    }

    @Test
    void shouldNotUseAConnectionWithoutTlsWhereTlsIsWelcome() {
        start(tls());

        assertDelivered(deliver(routes(), MAIL, Policy.NO_TLS), SecurityLabel.CLEAR);
        assertDelivered(deliver(routes(), MAIL), SecurityLabel.ENCRYPTED);

        assertThat(reused()).containsExactly(false, false);
    }

    @Test
    void shouldLogInOnceForEachConnectionAndCredentials() {
        ScriptedSmtpServer server = start(tls().extensions("AUTH PLAIN"));
        gateways = List.of(new NextHop.Host(DomainName.of("mx.example.com"), server.port()));
        credentials = Optional.of(new Credentials("one", "secret"));
        deliver(dane(HOST), MAIL);
        deliver(dane(HOST), MAIL);
        credentials = Optional.of(new Credentials("two", "secret"));
        deliver(dane(HOST), MAIL);
        credentials = Optional.empty();
        deliver(dane(HOST), MAIL);

        assertThat(server.sessions()).extracting(session -> session.logins().size() + " logins, "
            + session.transactions().size() + " mails").containsExactly("1 logins, 2 mails", "1 logins, 1 mails", "0 logins, 1 mails");
    }

    @Test
    void shouldNotTakeAReplyThatCameUnaskedForTheNextMails() {
        ScriptedSmtpServer server = start(tls().replyTo("carol@example.com", "550 5.1.1 Nobody here"));
        server.nextSessions(Script.good().with(Point.FINAL_DOT, new Fault.Follow("250 Ok\r\n250 Ok\r\n")));

        assertDelivered(deliver(dane(HOST), MAIL), SecurityLabel.VERIFIED);

        assertThat(deliver(dane(HOST), TestMail.to("carol@example.com"))).singleElement().isInstanceOf(Outcome.Bounced.class);
        assertThat(server.connections()).isEqualTo(2);
    }

    @Test
    void shouldEndAConnectionOverWhichAMailWasRefused() {
        ScriptedSmtpServer server = start(tls().replyTo("carol@example.com", "450 4.2.1 Not now"));

        deliver(dane(HOST), TestMail.to("carol@example.com"));
        assertDelivered(deliver(dane(HOST), MAIL), SecurityLabel.VERIFIED);

        assertThat(server.connections()).isEqualTo(2);
    }

    @Test
    void shouldEndAConnectionWithQuitAfterSoManyMails() {
        ScriptedSmtpServer server = start(tls());

        for (int i = 0; i < LIMITS.maxMessages() + 1; i++) {
            assertDelivered(deliver(dane(HOST), MAIL), SecurityLabel.VERIFIED);
        }
        pool.close();
        server.awaitEnd(2);

        assertThat(server.sessions()).extracting(session -> session.transactions().size()).containsExactly(LIMITS.maxMessages(), 1);
        assertThat(server.sessions()).allSatisfy(session -> assertThat(session.verbs()).endsWith("QUIT"));
    }

    @Test
    void shouldNotUseAConnectionThatWaitedOrLivedTooLong() {
        ScriptedSmtpServer server = start(tls());

        deliver(dane(HOST), MAIL);
        now = now.plus(LIMITS.idle());
        deliver(dane(HOST), MAIL);
        assertThat(server.connections()).isEqualTo(2);

        now = now.plus(LIMITS.idle()).minusSeconds(1);
        deliver(dane(HOST), MAIL);
        assertThat(server.connections()).isEqualTo(2);

        now = now.plus(LIMITS.maxAge()).minus(LIMITS.idle());
        deliver(dane(HOST), MAIL);
        assertThat(server.connections()).isEqualTo(3);
    }

    private List<Boolean> reused() {
        return audit.stream().map(event -> event.progress().connection().orElseThrow().reused()).toList();
    }

    private FakeDns unsigned() {
        return FakeDns.unsigned().mx("example.com", "mx.example.com").address("mx.example.com", ip());
    }

    private static void assertBounced(List<Outcome> outcomes, String code) {
        assertThat(outcomes).singleElement().isInstanceOfSatisfying(Outcome.Bounced.class, bounced -> {
            assertThat(bounced.reason().code()).hasToString(code);
            assertThat(bounced.reason().text()).contains("REQUIRETLS");
        });
    }
}
