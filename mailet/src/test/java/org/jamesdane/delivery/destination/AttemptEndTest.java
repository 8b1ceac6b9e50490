/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.delivery.destination;

import static org.assertj.core.api.Assertions.assertThat;
import static org.jamesdane.delivery.destination.Reachability.FAILED;
import static org.jamesdane.delivery.destination.Reachability.REACHED;
import static org.jamesdane.delivery.destination.Reachability.UNKNOWN;

import java.net.InetAddress;
import java.util.List;

import com.google.common.net.InetAddresses;
import org.junit.jupiter.api.Test;

/** Division of an attempt's evidence between a domain and the hosts that the domain shares with others. */
class AttemptEndTest {
    private static final InetAddress ADDRESS = InetAddresses.forString("192.0.2.1");
    private static final Attribution SERVED = new Attribution.Served("mx.example", ADDRESS);
    private static final Attribution HOST = new Attribution.ToHost("mx.example", ADDRESS);
    private static final Attribution PAIR = new Attribution.ToPair("mx.example", ADDRESS);
    private static final Attribution SILENT = new Attribution.ToAddress(ADDRESS);
    private static final Attribution DOMAIN = new Attribution.ToDomain();
    private static final Attribution NOBODY = new Attribution.ToNobody();

    @Test
    void shouldCountForTheSiteWhatItsHostsDid() {
        assertEnd(FAILED, List.of(HOST), UNKNOWN, FAILED);
        assertEnd(FAILED, List.of(HOST, SILENT), UNKNOWN, FAILED);
        assertEnd(FAILED, List.of(SILENT), UNKNOWN, FAILED);
    }

    @Test
    void shouldCountForTheDomainWhatRecordsAndPoliciesDemand() {
        assertEnd(FAILED, List.of(PAIR), FAILED, UNKNOWN);
        assertEnd(FAILED, List.of(HOST, PAIR), FAILED, UNKNOWN);
        assertEnd(FAILED, List.of(DOMAIN), FAILED, UNKNOWN);
        assertEnd(FAILED, List.of(HOST, DOMAIN), FAILED, UNKNOWN);
    }

    @Test
    void shouldCountForTheDomainWhatCameToNoDialogue() {
        assertEnd(FAILED, List.of(), FAILED, UNKNOWN);
        assertEnd(REACHED, List.of(), REACHED, UNKNOWN);
    }

    @Test
    void shouldTakeASiteForReachedOnceOneHostServed() {
        assertEnd(REACHED, List.of(HOST, SERVED), REACHED, REACHED);
        assertEnd(REACHED, List.of(SERVED), REACHED, REACHED);
        assertEnd(FAILED, List.of(SERVED, PAIR), FAILED, REACHED);
    }

    @Test
    void shouldSayNothingOfAnyoneAfterAFaultOfThisServer() {
        assertEnd(UNKNOWN, List.of(NOBODY), UNKNOWN, UNKNOWN);
        assertEnd(UNKNOWN, List.of(HOST, NOBODY), UNKNOWN, UNKNOWN);
        assertEnd(UNKNOWN, List.of(HOST), UNKNOWN, UNKNOWN);
    }

    private static void assertEnd(Reachability reach, List<Attribution> dialogues, Reachability domain, Reachability site) {
        assertThat(AttemptEnd.of(reach, dialogues)).isEqualTo(new AttemptEnd.Ended(domain, site));
    }
}
