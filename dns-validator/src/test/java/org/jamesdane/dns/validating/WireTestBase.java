/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.dns.validating;

import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

import org.jamesdane.dns.AddressRecord;
import org.jamesdane.dns.Lookup;
import org.jamesdane.testing.dns.KeyAlgorithm;
import org.jamesdane.testing.dns.Records;
import org.jamesdane.testing.dns.SignedDns;
import org.jamesdane.testing.dns.SignedWorld;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.xbill.DNS.Message;
import org.xbill.DNS.Record;

/** A zone behind a wire that tests tamper with, and what they need to do so. */
abstract class WireTestBase {
    static final String WWW = "www.zone.example";
    static final Duration SHORT = Duration.ofMillis(1500);

    final SignedWorld world = SignedDns.world().algorithm(KeyAlgorithm.RSASHA256);
    final List<AutoCloseable> open = new ArrayList<>();

    @BeforeEach
    void furnish() {
        world.zone("zone.example").mx(10, "mx.zone.example").a("www", "127.0.0.2").a("mx", "127.0.0.2")
            .tlsa("_25._tcp.mx", 3, 1, 1, new byte[32]);
        world.zone("plain.example").unsigned().a("www", "127.0.0.3");
    }

    @AfterEach
    void close() throws Exception {
        for (AutoCloseable each : open) {
            each.close();
        }
    }

    final Lab lab() {
        Lab lab = Lab.of(world);
        open.add(lab);
        return lab;
    }

    final Lab impatient() {
        Lab lab = Lab.of(world.zone("zone.example"), SHORT, Clock.systemUTC());
        open.add(lab);
        return lab;
    }

    static List<String> addresses(Lookup<?> lookup) {
        return ((Lookup.Found<?>) lookup).records().stream().map(record -> ((AddressRecord) record).address().getHostAddress()).toList();
    }

    static Record question(Message query) {
        return Objects.requireNonNull(query.getQuestion());
    }

    static boolean asks(Message query, String name, int type) {
        return question(query).getName().equals(Records.name(name)) && question(query).getType() == type;
    }
}
