/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.dns.validating;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

import org.jamesdane.dns.DomainName;
import org.jamesdane.dns.RecordType;
import org.jamesdane.testing.dns.SignedDns;
import org.junit.jupiter.api.Test;

class UpstreamTest extends WireTestBase {
    private final Upstream upstream = new Upstream(new InetSocketAddress(InetAddress.getLoopbackAddress(), 53));

    @Test
    void shouldBackOffAfterAFewQueriesWithoutReplyAndNoLongerAfterOne() {
        upstream.failed();
        upstream.failed();
        assertThat(upstream.isBackingOff()).isFalse();
        assertThat(upstream.isSuspect()).isFalse();
        for (int i = 0; i < 50; i++) {
            upstream.failed();
        }
        assertThat(upstream.isBackingOff()).isTrue();
        assertThat(upstream.isSuspect()).isTrue();

        upstream.succeeded();
        assertThat(upstream.isBackingOff()).isFalse();
        assertThat(upstream.isSuspect()).isFalse();
    }

    @Test
    void shouldGiveUpOneThatHadPassedForTwoFailuresInARowOnly() {
        assertThat(upstream.isUsable()).as("not yet tested").isFalse();
        upstream.tested(Optional.of("drops NSEC3"));
        assertThat(upstream.isUsable()).as("never passed").isFalse();
        upstream.tested(Optional.empty());
        upstream.tested(Optional.of("drops NSEC3"));
        assertThat(upstream.isUsable()).isTrue();
        assertThat(upstream.hasPassed()).isFalse();
        upstream.tested(Optional.of("drops NSEC3"));
        assertThat(upstream.isUsable()).isFalse();
    }

    @Test
    void shouldBeWrittenAsPeopleDo() {
        assertThat(upstream).hasToString("127.0.0.1");
        assertThat(new Upstream(new InetSocketAddress(InetAddress.getLoopbackAddress(), 5353))).hasToString("127.0.0.1 port 5353");
    }

    /** Resolvers that failed a few times are asked last, so that no question waits for them. */
    @Test
    void shouldAskTheOthersFirstWhileOneBacksOff() {
        SignedDns lost = world.start();
        SignedDns good = world.start();
        open.add(good);
        ValidatingDns validator = Lab.validator(good, List.of(lost.address(), good.address()), Duration.ofSeconds(20), Clock.systemUTC());
        open.add(validator);
        validator.firstSelfTest().toCompletableFuture().join();
        lost.close();

        for (int i = 0; i < 5; i++) {
            assertThat(Lab.verdict(Lab.await(validator, "no" + i + ".zone.example", RecordType.A))).isEqualTo("nxdomain secure");
        }

        assertThat(validator.status().upstreams()).extracting(ValidatorStatus.UpstreamStatus::backingOff).containsExactly(true, false);
        assertThat(validator.resolver(DomainName.of("no4.zone.example"), RecordType.A)).contains(new Upstream(good.address()).toString());
        assertThat(validator.resolver(DomainName.of("unasked.example"), RecordType.A)).isEmpty();
    }
}
