/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.smtp;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetSocketAddress;
import java.time.Duration;
import java.time.Instant;

import org.junit.jupiter.api.Test;

/** Memory of the hosts that took a group badly. */
class MailGroupsTest {
    private static final InetSocketAddress ADDRESS = InetSocketAddress.createUnresolved("192.0.2.1", 25);

    private Instant now = Instant.parse("2026-11-01T12:00:00Z");
    private final MailGroups groups = new MailGroups(true, () -> now);

    @Test
    void shouldSendNoGroupForADayAfterARefusal() {
        assertThat(groups.mayBeSent("mx.example", ADDRESS)).isTrue();
        assertThat(groups.refused("mx.example", ADDRESS)).isTrue();
        assertThat(groups.refused("mx.example", ADDRESS)).isFalse();

        now = now.plus(Duration.ofDays(1)).minusSeconds(1);
        assertThat(groups.mayBeSent("mx.example", ADDRESS)).isFalse();
        now = now.plusSeconds(1);
        assertThat(groups.mayBeSent("mx.example", ADDRESS)).isTrue();
    }

    @Test
    void shouldTellHostsAndTheirAddressesApart() {
        groups.refused("mx.example", ADDRESS);

        assertThat(groups.mayBeSent("mx2.example", ADDRESS)).isTrue();
        assertThat(groups.mayBeSent("mx.example", InetSocketAddress.createUnresolved("192.0.2.2", 25))).isTrue();
    }

    @Test
    void shouldNotRestForLongerWhenTheClockIsSetBack() {
        groups.refused("mx.example", ADDRESS);

        now = now.minusSeconds(1);
        assertThat(groups.mayBeSent("mx.example", ADDRESS)).isTrue();
    }

    @Test
    void shouldForgetTheHostThatWasLongestOutOfUse() {
        groups.refused("mx.example", ADDRESS);
        for (int i = 0; i < MailGroups.MAX_HOSTS; i++) {
            groups.refused("mx" + i + ".example", ADDRESS);
        }

        assertThat(groups.mayBeSent("mx.example", ADDRESS)).isTrue();
        assertThat(groups.mayBeSent("mx1.example", ADDRESS)).isFalse();
    }

    @Test
    void shouldSendNoGroupsWhereTheyAreSwitchedOff() {
        assertThat(new MailGroups(false, () -> now).mayBeSent("mx.example", ADDRESS)).isFalse();
    }
}
