/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;
import java.util.stream.Stream;

import org.jamesdane.dane.policy.Policy;
import org.jamesdane.delivery.Trap.Place;
import org.jamesdane.delivery.attempt.MailTransfer;
import org.jamesdane.dns.Lookup;
import org.jamesdane.dns.RecordType;
import org.jamesdane.smtp.Recipient;
import org.jamesdane.testing.smtp.ScriptedSmtpServer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/**
 * An {@link Error} out of each collaborator, at each call of it: exactly one copy for everyone, no bounce, and the next mail goes. Only
 * where it comes between a host's taking the mail and our hearing so are there two copies, since nobody can know.
 */
class ErrorEverywhereTest {
    private static final Set<Place> ANYWHERE = Set.of(Place.DNS, Place.RESOLVER, Place.CONNECT, Place.SOCKET_READ, Place.SOCKET_WRITE,
        Place.SOCKET_CLOSE, Place.DEADLINE, Place.DEADLINE_END, Place.FAREWELL_THREAD, Place.ENVELOPE, Place.HISTORY, Place.REFUSAL,
        Place.CONTENT, Place.OPEN, Place.READ, Place.CLOSE, Place.CLOCK, Place.POLICIES, Place.GATE, Place.AUDIT, Place.METRICS,
        Place.METRICS_END, Place.DELIVERED, Place.RELAYED, Place.DONE);
    private static final Set<Place> UNDER_TLS = Set.of(Place.SOCKET_READ, Place.SOCKET_WRITE, Place.SOCKET_CLOSE, Place.DIGEST,
        Place.CLOCK);
    private static final Set<Place> IN_TWO_TRANSACTIONS = Set.of(Place.CONTENT, Place.OPEN, Place.CLOSE, Place.SOCKET_WRITE,
        Place.DEADLINE_END);
    private static final Set<Place> IN_A_CONVERSION = Set.of(Place.CONVERSION, Place.OPEN, Place.READ, Place.CLOSE);
    private static final Set<Place> OF_THE_QUEUE = Set.of(Place.JOURNAL, Place.DONE);
    private static final Set<Place> BEFORE_A_NOTICE = Set.of(Place.FAILED, Place.GATE, Place.DONE, Place.CLOCK, Place.STORE);
    private static final Set<Place> BEFORE_STORING = Set.of(Place.STORE, Place.DELAYED, Place.RANDOM, Place.CLOCK, Place.PATIENCE,
        Place.ASIDE, Place.PUT_BACK, Place.GATE);
    /** Calls between a host's taking the mail and our hearing so. */
    private static final Set<Place> UNKNOWABLE = Set.of(Place.SOCKET_READ, Place.SOCKET_WRITE, Place.DEADLINE);

    private final Deliveries deliveries = new Deliveries(94);
    private final TrappedWorld world = new TrappedWorld(deliveries);

    @AfterEach
    void stop() {
        TrappedDigest.remove();
        world.close();
        deliveries.close();
    }

    @Test
    void shouldDeliverOneCopyWhateverThrowsAnError() {
        deliveries.policy = Policy.parse("may");
        ScriptedSmtpServer server = deliveries.start(deliveries.plain());
        throwEverywhere(server, deliveries.host(FakeDns.unsigned(), server), TestMail.to("bob@example.com", "eve@example.com")
            .notifying(Recipient.Notify.SUCCESS), ANYWHERE);
    }

    @Test
    void shouldDeliverOneCopyOverTlsWhateverThrowsAnError() {
        TrappedDigest.install(() -> world.trap.pass(Place.DIGEST));
        ScriptedSmtpServer server = deliveries.start(deliveries.tls(Deliveries.HOST));
        throwEverywhere(server, deliveries.dane(server), TestMail.to("bob@example.com"), UNDER_TLS);
    }

    @Test
    void shouldKeepWhatOneTransactionDecidedWhenTheNextMeetsAnError() {
        deliveries.policy = Policy.parse("may");
        ScriptedSmtpServer server = deliveries.start(deliveries.plain());
        String[] many = IntStream.rangeClosed(1, MailTransfer.RECIPIENTS_AT_ONCE + 1).mapToObj(i -> "u" + i + "@example.com")
            .toArray(String[]::new);
        throwEverywhere(server, deliveries.host(FakeDns.unsigned(), server), TestMail.to(many), IN_TWO_TRANSACTIONS);
    }

    @Test
    void shouldDeliverOneCopyWhateverThrowsAnErrorInAConversion() {
        deliveries.policy = Policy.parse("may");
        ScriptedSmtpServer server = deliveries.start(deliveries.plain().extensions("PIPELINING"));
        throwEverywhere(server, deliveries.host(FakeDns.unsigned(), server),
            TestMail.to("bob@example.com").saying("Subject: hello\r\n\r\nGr\u00fc\u00dfe\r\n"), IN_A_CONVERSION);
    }

    @Test
    void shouldDeliverOneCopyThoughItsQueueIsAway() {
        deliveries.policy = Policy.parse("may");
        ScriptedSmtpServer server = deliveries.start(deliveries.plain());
        FakeDns dns = deliveries.host(FakeDns.unsigned(), server);
        for (Place place : OF_THE_QUEUE) {
            world.deaf = true;
            world.trap.set(place, 1);
            deliverAll(server, dns, TestMail.to("bob@example.com"), place + " while the queue is away");
            assertThat(world.trap.sprung()).as("%s", place).isTrue();
        }
    }

    @Test
    void shouldTellASenderOnceWhateverThrowsAnError() {
        ScriptedSmtpServer server = deliveries.start(deliveries.plain());
        FakeDns dns = deliveries.host(FakeDns.signed(), server).missing("nowhere.example", RecordType.MX);
        for (Place place : BEFORE_A_NOTICE) {
            // Storing comes into play where the sender could not be told.
            world.trap.set(place == Place.STORE ? Place.FAILED : place, 1);
            world.refusals = place == Place.STORE ? 1 : 0;
            world.heard.clear();
            world.waiting.add(TestMail.to("bob@nowhere.example"));
            Trap.bears(place.name(), () -> world.workOff(dns));

            assertThat(world.trap.sprung()).as("%s", place).isTrue();
            assertThat(world.heard).as("%s", place).containsExactly(Place.FAILED);
            assertThat(world.waiting).as("%s", place).isEmpty();
        }
    }

    @Test
    void shouldKeepOneCopyForLaterWhateverThrowsAnError() {
        ScriptedSmtpServer server = deliveries.start(deliveries.plain());
        FakeDns dns = deliveries.host(FakeDns.signed(), server).failing("broken.example", RecordType.MX, Lookup.Reason.SERVFAIL);
        for (Place place : BEFORE_STORING) {
            for (boolean room : List.of(true, false)) {
                world.roomAside = room;
                world.refusals = place == Place.PUT_BACK ? 4 : Set.of(Place.PATIENCE, Place.ASIDE).contains(place) ? 4 : 0;
                world.trap.set(place, 1);
                world.waiting.add(TestMail.to("bob@broken.example"));
                Trap.bears(place.name(), () -> world.workOff(dns));

                assertThat(world.waiting).as("%s, room %s", place, room).hasSize(1);
                world.waiting.clear();
            }
        }
    }

    @Test
    void shouldHaveNoTrapThatIsNeverSprung() {
        EnumSet<Place> all = EnumSet.noneOf(Place.class);
        Stream.of(ANYWHERE, UNDER_TLS, IN_TWO_TRANSACTIONS, IN_A_CONVERSION, OF_THE_QUEUE, BEFORE_A_NOTICE, BEFORE_STORING,
            ErrorInThreadsTest.PLACES).forEach(all::addAll);

        assertThat(all).isEqualTo(EnumSet.allOf(Place.class));
    }

    private void throwEverywhere(ScriptedSmtpServer server, FakeDns dns, TestMail mail, Set<Place> places) {
        world.begin();
        deliverTwo(server, dns, mail, "undisturbed");
        Map<Place, Integer> calls = world.trap.calls();
        assertThat(calls).containsKeys(places.toArray(Place[]::new));
        places.forEach(place -> {
            for (int i = 1; i <= calls.getOrDefault(place, 0); i++) {
                world.begin();
                world.trap.set(place, i);
                String step = place + " " + i;
                deliverTwo(server, dns, mail, step);
                assertThat(world.trap.sprung()).as(step).isTrue();
            }
        });
    }

    /** Delivers the mail, and another after it, over the same connection if there is one, which is ended then. */
    private void deliverTwo(ScriptedSmtpServer server, FakeDns dns, TestMail mail, String step) {
        deliverAll(server, dns, mail, step);
        deliverAll(server, dns, TestMail.to("next@example.com").saying(mail.text()), step + ", the next mail");
        Trap.bears(step, world::endConnections);
    }

    /** Delivers the mail, in several attempts if need be. */
    private void deliverAll(ScriptedSmtpServer server, FakeDns dns, TestMail mail, String step) {
        int before = server.messages().size();
        world.heard.clear();
        world.waiting.clear();
        world.uncertain = false;
        world.waiting.add(mail);
        Trap.bears(step, () -> world.workOff(dns));

        List<String> copies = server.messages().subList(before, server.messages().size()).stream()
            .flatMap(message -> message.recipients().stream()).map(recipient -> recipient.address()).toList();
        List<String> recipients = mail.envelope().recipients().stream().map(Object::toString).toList();
        if (world.uncertain) {
            assertThat(UNKNOWABLE).as(step).anyMatch(place -> step.startsWith(place + " "));
            assertThat(copies).as(step).hasSameElementsAs(recipients).hasSizeLessThanOrEqualTo(2 * recipients.size());
        } else {
            assertThat(copies).as(step).containsExactlyInAnyOrderElementsOf(recipients);
        }
        assertThat(world.waiting).as(step).isEmpty();
        assertThat(world.heard).as(step).doesNotContain(Place.FAILED);
    }
}
