/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.dns.validating;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;

import org.jamesdane.testing.dns.SignedDns;
import org.jamesdane.testing.dns.SignedWorld;
import org.junit.jupiter.api.Test;
import org.xbill.DNS.Message;
import org.xbill.DNS.Name;
import org.xbill.DNS.Rcode;
import org.xbill.DNS.Record;
import org.xbill.DNS.Section;
import org.xbill.DNS.Type;

/** Sharing between walks, with resolvers whose replies come when the test wants. */
class DelegationWalkTest {
    private final Clock clock = Clock.systemUTC();
    private final ZoneCache cache = new ZoneCache(1_000_000, clock);
    private final SignedWorld world = SignedDns.world();
    private final List<CompletableFuture<Reply>> asked = new ArrayList<>();
    private final TrustAnchors anchors = TrustAnchors.parse(world.trustAnchors());
    private final DelegationWalk walk = new ValidationParts(clock, Duration.ZERO, SignatureComputation.ofJdk())
        .walk((question, mode, budget) -> {
            CompletableFuture<Reply> reply = new CompletableFuture<>();
            asked.add(reply);
            return reply;
        }, cache, () -> anchors);

    private CompletableFuture<ZoneStatus> toTheRoot() {
        return walk.to(Name.root, Attempt.first(clock.instant()), Budget.of(Duration.ofMinutes(1)));
    }

    private Reply keysOfTheRoot() {
        Message message = new Message(1);
        message.getHeader().setRcode(Rcode.NOERROR);
        for (Record record : world.signed(".", "@", Type.string(Type.DNSKEY))) {
            message.addRecord(record, Section.ANSWER);
        }
        return Reply.parse(message.toWire());
    }

    @Test
    void shouldAskOnceForWhatTwoWalksNeed() {
        CompletableFuture<ZoneStatus> first = toTheRoot();
        CompletableFuture<ZoneStatus> second = toTheRoot();

        assertThat(asked).hasSize(1);
        asked.get(0).complete(keysOfTheRoot());
        assertThat(first.join()).isInstanceOf(ZoneStatus.SecureZone.class).isSameAs(second.join());
        assertThat(cache.size()).isEqualTo(1);
    }

    /** Walks begun before a flush rest on what was flushed, perhaps on a removed trust anchor. */
    @Test
    void shouldNotShareAStepThatWasBegunBeforeAFlush() {
        CompletableFuture<ZoneStatus> before = toTheRoot();
        cache.flush(Name.root);
        CompletableFuture<ZoneStatus> after = toTheRoot();

        assertThat(asked).hasSize(2);
        asked.get(0).complete(keysOfTheRoot());
        assertThat(before).isCompleted();
        assertThat(after).isNotDone();
        assertThat(cache.size()).as("what was begun before the flush is not kept").isZero();

        asked.get(1).complete(keysOfTheRoot());
        assertThat(after).isCompleted();
        assertThat(cache.size()).isEqualTo(1);
    }
}
